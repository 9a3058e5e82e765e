-- wrk: every request checks another session; the requests are the lines of the file that CHECKS_FILE names.
local checks = {}
for line in io.lines(os.getenv("CHECKS_FILE")) do
  checks[#checks + 1] = line
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local next = 0

function request()
  -- Far apart, as users are.
  next = (next + 61803) % #checks
  return wrk.format(nil, nil, nil, checks[next + 1])
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %d %d %d\n", summary.requests / (summary.duration / 1e6), summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
  io.write(string.format("LATENCY %.2f %.2f\n", latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
