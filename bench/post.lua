-- wrk -s post.lua URL -- PATH ROWS_FILE: posts the file's lines, one JSON object each, in turn.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local requests, at = {}, 0
init = function(args)
  for line in io.lines(args[2]) do
    requests[#requests + 1] = wrk.format(nil, args[1], nil, line)
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
