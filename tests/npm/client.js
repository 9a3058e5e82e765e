'use strict';

// Loads an official client SDK as WeChat does: one module graph per mini program, with `wx` in scope. The package keeps its session and its
// current tunnel in module variables and a global `wx`, so that `require` alone would give all phones of this process one identity.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

function load(file, wx, loaded) {
  const known = loaded.get(file);
  if (known)
    return known.exports;

  const module = { exports: {} };
  loaded.set(file, module);
  const run = vm.compileFunction(fs.readFileSync(file, 'utf8'), ['exports', 'require', 'module', 'wx'], { filename: file });
  const requireFrom = (request) => load(require.resolve(path.resolve(path.dirname(file), request)), wx, loaded);
  run.call(module.exports, module.exports, requireFrom, module, wx);
  return module.exports;
}

/** An official client SDK, its own copy for this `wx`: `wafer-client-sdk` or `wafer2-client-sdk`. */
exports.loadClient = (wx, name = 'wafer-client-sdk') => load(require.resolve(name), wx, new Map());
