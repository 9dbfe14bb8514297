const http = require("http");

http.createServer((request, response) => response.end("hello from node\n")).listen(80);
