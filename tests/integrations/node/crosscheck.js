// One client's view of the stand-in: does what a program would do and prints what it saw as JSON.
"use strict";

const { RouterOSAPI } = require("node-routeros");

const how = JSON.parse(process.argv[2]);

function connect(password) {
  return new RouterOSAPI({
    host: "127.0.0.1",
    port: how.port,
    user: how.user,
    password,
    timeout: 5,
    tls: how.tls ? { rejectUnauthorized: false } : undefined,
  }).connect();
}

async function failure(work) {
  try {
    await work();
    return "no error";
  } catch (error) {
    return error.errno === "CANTLOGIN" ? "CANTLOGIN" : error.message;
  }
}

function streamed(api, wanted) {
  return new Promise((resolve, reject) => {
    const seen = [];
    const stream = api.stream(["/interface/monitor-traffic", "=interface=ether1", "=interval=0.01"], (error, packet) => {
      if (error) {
        reject(error);
        return;
      }
      seen.push(packet["rx-bits-per-second"]);
      if (seen.length === wanted) {
        stream.stop().then(() => resolve(seen.slice(0, wanted)), reject);
      }
    });
  });
}

async function main() {
  const saw = { refused: await failure(() => connect("errada")) };
  const api = await connect(how.password);
  const added = await api.write("/ppp/secret/add", ["=name=node", "=password=pw", "=profile=50M", "=disabled=yes"]);
  saw.added = added[0].ret;
  saw.found = await api.write("/ppp/secret/print", ["?name=node", "=.proplist=.id,name,profile,disabled"]);
  saw.either = (await api.write("/ppp/secret/print", ["?name=node", "?name=other", "?#|"])).map((row) => row.name);
  saw.duplicate = await failure(() => api.write("/ppp/secret/add", ["=name=node"]));
  await api.write("/ppp/secret/set", [`=.id=${saw.added}`, `=comment=${"x".repeat(20000)}`]);
  saw.long = (await api.write("/ppp/secret/print", ["?name=node"]))[0].comment.length;
  saw.count = await api.write("/ppp/profile/print", ["=count-only="]);
  saw.parallel = (
    await Promise.all(["default", "50M", "100M"].map((name) => api.write("/ppp/profile/print", [`?name=${name}`])))
  ).map((rows) => rows[0].name);
  saw.stream = await streamed(api, 3);
  saw.unknown = await failure(() => api.write("/no/such/menu/print"));
  await api.write("/ppp/secret/remove", [`=.id=${saw.added}`]);
  saw.left = (await api.write("/ppp/secret/print", ["?name=node"])).length;
  await api.close();
  // The client's own keep-alive timers would hold the process for a while.
  process.stdout.write(JSON.stringify(saw), () => process.exit(0));
}

main().catch((error) => {
  process.stderr.write(`${error.stack || error}\n`);
  process.exit(1);
});
