import { expect, it } from "vitest";
import { connect } from "@ws/client";
import { startExample } from "example-support/example-process";

async function logIn(httpUrl: string, name: string): Promise<string> {
  const response = await fetch(`${httpUrl}/login/${name}`, { method: "POST" });
  return response.headers.get("set-cookie")!.split(";")[0]!;
}

it("lets in who has logged in over HTTP, by name, and nobody else", async () => {
  const { httpUrl, url } = await startExample();
  const refused = { code: "UNEXPECTED_STATUS", response: { status: 401 } };
  await expect(connect(`${url}/chat`)).rejects.toMatchObject(refused);
  const forged = { headers: { Cookie: "connect.sid=s%3Aforged.signature" } };
  await expect(connect(`${url}/chat`, forged)).rejects.toMatchObject(refused);

  const ann = await connect(`${url}/chat`, { headers: { Cookie: await logIn(httpUrl, "Ann") } });
  const ben = await connect(`${url}/chat`, { headers: { Cookie: await logIn(httpUrl, "Ben") } });
  const heard = ben[Symbol.asyncIterator]();
  ann.send("hello");
  expect((await heard.next()).value).toBe("Ann: hello");
});

it("closes the sockets of who logs out, and no others", async () => {
  const { httpUrl, url } = await startExample();
  const cookies = [await logIn(httpUrl, "Ann"), await logIn(httpUrl, "Ben")] as const;
  const ann = await connect(`${url}/chat`, { headers: { Cookie: cookies[0] } });
  const ben = await connect(`${url}/chat`, { headers: { Cookie: cookies[1] } });
  await fetch(`${httpUrl}/logout`, { method: "POST", headers: { Cookie: cookies[0] } });
  expect(await ann.closed).toMatchObject({ code: 4001, reason: "Logged out" });

  const heard = ben[Symbol.asyncIterator]();
  ben.send("still here");
  expect((await heard.next()).value).toBe("Ben: still here");
  const gone = connect(`${url}/chat`, { headers: { Cookie: cookies[0] } });
  await expect(gone).rejects.toMatchObject({ response: { status: 401 } });
});
