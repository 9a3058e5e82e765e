-- wrk: every request posts the same event, whose bytes are in the file that EVENT_FILE names.
local file = assert(io.open(os.getenv("EVENT_FILE"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"

-- One line for run.sh: events/s, events, answers other than 2xx or 3xx, socket errors.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %d %d %d\n", summary.requests / (summary.duration / 1e6), summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
