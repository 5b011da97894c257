import { expect, it } from "vitest";
import { TokenBucket } from "@ws/connection";

it("token bucket allows a burst, then the steady rate, and says how long to wait", () => {
  let now = 0;
  const bucket = new TokenBucket(3, 2, () => now);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0]);
  expect(bucket.take()).toBe(500);
  now = 250;
  expect(bucket.take()).toBe(250);
  now = 500;
  expect(bucket.take()).toBe(0);
  expect(bucket.isFull).toBe(false);
  now = 60_000;
  expect(bucket.isFull).toBe(true);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0]);
  expect(bucket.take()).toBeGreaterThan(0);
});
