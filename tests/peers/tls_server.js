// A DynamoDB of sorts over TLS: node tls_server.js HOST KEY CERTIFICATE http1|http2.
// Prints its port; for each line on its input it prints what it has seen, as JSON. Ends with its input.
const fs = require('fs');
const https = require('https');
const http2 = require('http2');
const readline = require('readline');

const [host, key, cert, protocol] = process.argv.slice(2);
const seen = {connections: 0, requests: 0, versions: {}};
const tls = {key: fs.readFileSync(key), cert: fs.readFileSync(cert), allowHTTP1: true};
const server = protocol === 'http2' ? http2.createSecureServer(tls) : https.createServer(tls);

server.on('secureConnection', () => seen.connections++);
server.on('request', (request, response) => {
    request.resume();
    request.on('end', () => {
        seen.requests++;
        seen.versions[request.httpVersion] = (seen.versions[request.httpVersion] || 0) + 1;
        response.writeHead(200, {'content-type': 'application/x-amz-json-1.0'});
        // Long enough for those that were asked at once to be under way at once.
        setTimeout(() => response.end('{"Count":1,"Items":[]}'), 50);
    });
});
server.listen(0, host, () => console.log(server.address().port));
readline.createInterface({input: process.stdin})
    .on('line', () => console.log(JSON.stringify(seen)))
    .on('close', () => process.exit());
