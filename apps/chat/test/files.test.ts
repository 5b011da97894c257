// Files: sent as binary in rooms of their own, delivered or refused, and read over HTTP by whoever has a session.
import { randomBytes } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { EngineError, type RoomLog } from "@ws/rooms";
import { fileRoom, fileUrl } from "../src/shared/files.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { createLogs, startNode, startNodes } from "./support/nodes.ts";
import { sendFile } from "./support/send-file.ts";
import { type Arrived, arrive } from "./support/visitor.ts";

const PNG = { name: "tea & cake – “new”.png", type: "image/png" };

function get(url: string, who: Arrived | undefined, path: string, method = "GET"): Promise<Response> {
  return fetch(url + path, { method, headers: who === undefined ? {} : { Cookie: who.cookie } });
}

describe("a file", () => {
  it.each([0, 1, LIMITS.chunkBytes, LIMITS.chunkBytes + 1, 700_000])(
    "of %i bytes arrives as it was sent, on another node too",
    async (length) => {
      const [here, there] = await startNodes(2);
      const [ada, ben] = [await arrive(here!.url, "Ada"), await arrive(there!.url, "Ben")];
      const [hers, his] = [await ada.come(DEFAULT_ROOM), await ben.come(DEFAULT_ROOM)];
      const bytes = randomBytes(length);
      const { card, end } = await sendFile(ada, bytes, PNG);
      expect(end.status).toBe("delivered");

      const heard = new Promise<{ files?: readonly unknown[] | undefined }>((resolve) =>
        his.room.on("message", resolve),
      );
      await hers.room.publish("message", { text: "", files: [{ ...card, width: 3, height: 2 }] }).result;
      expect((await heard).files).toEqual([{ ...card, width: 3, height: 2 }]);

      const response = await get(there!.url, ben, fileUrl(card));
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
      const { headers } = response;
      expect(headers.get("content-type")).toBe("image/png");
      expect(headers.get("content-length")).toBe(String(length));
      expect(headers.get("content-disposition")).toBe(
        "inline; filename*=UTF-8''tea%20%26%20cake%20%E2%80%93%20%E2%80%9Cnew%E2%80%9D.png",
      );
      expect(headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    },
  );

  it.each(["text/html", "image/svg+xml", "application/javascript", "text/plain", ""])(
    "of the type %j is only offered to be kept, whatever it says it is",
    async (type) => {
      const { url } = await startNode();
      const ada = await arrive(url, "Ada");
      const { card } = await sendFile(ada, Buffer.from("<script>alert(1)</script>"), {
        name: "x.html",
        type,
      });
      const { headers } = await get(url, ada, fileUrl(card));
      expect(headers.get("content-type")).toBe("application/octet-stream");
      expect(headers.get("content-disposition")).toMatch(/^attachment;/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    },
  );

  it("is for who has a session, and known by its head alone", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const { card } = await sendFile(ada, randomBytes(100), PNG);
    expect((await get(url, undefined, fileUrl(card))).status).toBe(401);
    const head = await get(url, ada, fileUrl(card), "HEAD");
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "100"]);
    expect((await get(url, ada, fileUrl(card), "POST")).status).toBe(405);
  });

  it("is none before it is whole, and where nobody has sent one", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const room = fileRoom(ada.person.key, "A".repeat(22));
    await ada.client.publisher(room).publish("chunk", { bytes: randomBytes(10) }).result;
    expect((await get(url, ada, fileUrl({ room }))).status).toBe(404);
    for (const id of ["", "x", `${ada.person.key}-${"B".repeat(22)}`, "%00", "../chat.db"]) {
      expect((await get(url, ada, `/files/${id}`)).status).toBe(404);
    }
  });

  it("breaks off where its bytes are not what its end says", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    for (const claim of [{ bytes: 99 }, { bytes: 101 }, { chunks: 2 }]) {
      const { card } = await sendFile(ada, randomBytes(100), PNG, claim);
      const read = async (): Promise<ArrayBuffer> => (await get(url, ada, fileUrl(card))).arrayBuffer();
      await expect(read()).rejects.toThrow(/terminated|fetch failed/);
    }
  });

  it("can be sent by its owner only, and heard by nobody", async () => {
    const { url } = await startNode();
    const [ada, eve] = [await arrive(url, "Ada"), await arrive(url, "Eve")];
    const room = fileRoom(ada.person.key, "A".repeat(22));
    const { result } = eve.client.publisher(room).publish("chunk", { bytes: randomBytes(10) });
    expect(await result).toMatchObject({ status: "failed", error: { code: "PUBLISH_FORBIDDEN" } });
    await expect(ada.client.join(room).joined).rejects.toMatchObject({ code: "JOIN_FORBIDDEN" });
  });

  it("is refused where it is too large, by who sends it and by the server", async () => {
    const maxFileBytes = 100_000;
    const { url } = await startNode({ maxFileBytes });
    const ada = await arrive(url, "Ada");
    const { end } = await sendFile(ada, randomBytes(maxFileBytes + 1), PNG);
    expect(end).toMatchObject({
      status: "failed",
      error: { code: "TOO_LARGE", message: "Cannot take a file of 100001 bytes: the most is 100000" },
    });
    expect((await sendFile(ada, randomBytes(maxFileBytes), PNG)).end.status).toBe("delivered");
  });

  it("of which the engine holds nonsense is none", async () => {
    const [log] = createLogs(1) as [RoomLog];
    const { url } = await startNode({ log });
    const ada = await arrive(url, "Ada");
    const room = fileRoom(ada.person.key, "A".repeat(22));
    for (const text of ["", "{}", '{"v":1,"event":"end","data":{"bytes":-1}}', '{"v":1,"event":"end"}']) {
      await log.append(room, [{ id: `a:${text.length}`, data: Buffer.from(text) }]);
      expect((await get(url, ada, fileUrl({ room }))).status).toBe(404);
    }
  });

  // While the engine was away each file that anybody looked at was a 500, and a failure in the log.
  it("is to be asked for again while the engine cannot be reached", async () => {
    const [log] = createLogs(1);
    const { url } = await startNode({ log: log! });
    const ada = await arrive(url, "Ada");
    const { card } = await sendFile(ada, randomBytes(1000), PNG);
    vi.spyOn(log!, "read").mockRejectedValueOnce(new EngineError("ENGINE_DOWN", "down"));
    const refused = await get(url, ada, fileUrl(card));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await get(url, ada, fileUrl(card))).status).toBe(200);
  });

  it("is refused to who asks for too many at the same time, and nobody else notices", async () => {
    const [log] = createLogs(1) as [RoomLog];
    const { url } = await startNode({ log });
    const [ada, ben] = [await arrive(url, "Ada"), await arrive(url, "Ben")];
    const { card } = await sendFile(ada, randomBytes(100), PNG);
    const read = log.read.bind(log);
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const spy = vi.spyOn(log, "read").mockImplementation(async (room, range) => {
      await held;
      return read(room, range);
    });
    const answers = Array.from({ length: 16 }, () => get(url, ada, fileUrl(card)));
    await expect.poll(() => spy.mock.calls.length).toBe(16);
    const refused = await get(url, ada, fileUrl(card));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    const others = get(url, ben, fileUrl(card));
    goOn();
    for (const answer of [...answers, others])
      expect((await (await answer).arrayBuffer()).byteLength).toBe(100);
    expect((await get(url, ada, fileUrl(card))).status).toBe(200);
  });
});
