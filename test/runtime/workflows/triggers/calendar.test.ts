import assert from "node:assert/strict";
import { dueTicks, nextTick } from "../../../../runtime/workflows/triggers/calendar.ts";
import type { Schedule } from "../../../../runtime/workflows/workflow.ts";

const at = (time: string) => new Date(time);
const texts = (dates: Date[]) => dates.map((date) => date.toISOString());

describe("calendar of a schedule", () => {
  it("counts in its time zone", () => {
    const noon = at("2026-03-01T12:00:00Z");
    assert.deepEqual(nextTick({ cron: "30 6 * * *", timeZone: "UTC" }, noon), at("2026-03-02T06:30:00Z"));
    assert.deepEqual(
      nextTick({ cron: "30 6 * * *", timeZone: "America/New_York" }, noon),
      at("2026-03-02T11:30:00Z"),
    );
  });

  it("runs once a day in the nights in which the clock is changed", () => {
    const berlin = { cron: "30 2 * * *", timeZone: "Europe/Berlin", missed: "all" } as const;
    const ticks = (from: string, to: string) => dueTicks(berlin, at(from), at(to)).run;
    assert.deepEqual(texts(ticks("2026-03-28T01:30:00Z", "2026-03-30T12:00:00Z")), [
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    assert.deepEqual(texts(ticks("2026-10-25T00:30:00Z", "2026-10-26T12:00:00Z")), [
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  it("has seconds where six fields are given", () => {
    assert.deepEqual(
      nextTick({ cron: "*/20 * * * * *", timeZone: "UTC" }, at("2026-01-01T00:00:05Z")),
      at("2026-01-01T00:00:20Z"),
    );
  });

  const missed = (policy: Schedule["missed"], now: string) => {
    const hourly = { cron: "0 * * * *", timeZone: "UTC", missed: policy };
    const { run, left, next } = dueTicks(hourly, at("2026-01-01T03:00:00Z"), at(now));
    return { run: texts(run), left: left.length, next: next?.toISOString() };
  };
  const hour = (number: number) => `2026-01-01T0${number}:00:00.000Z`;
  it("takes a tick that comes in its second, or less than a minute late, as on time", () => {
    for (const policy of ["skip", "once", "all"] as const)
      for (const now of ["2026-01-01T03:00:00Z", "2026-01-01T03:00:00.250Z", "2026-01-01T03:01:00Z"])
        assert.deepEqual(missed(policy, now), { run: [hour(3)], left: 0, next: hour(4) });
  });

  it("waits for a tick that comes too early, as a clock that was set back makes it", () => {
    assert.deepEqual(missed("all", "2026-01-01T02:59:59.990Z"), { run: [], left: 0, next: hour(3) });
  });

  it("leaves out missed ticks, runs once for all of them, or each", () => {
    const now = "2026-01-01T06:30:00Z";
    assert.deepEqual(missed("skip", now), { run: [], left: 4, next: hour(7) });
    assert.deepEqual(missed("once", now), { run: [hour(6)], left: 3, next: hour(7) });
    assert.deepEqual(missed("all", now), { run: [3, 4, 5, 6].map(hour), left: 0, next: hour(7) });
  });

  it("runs the tick that is on time beside the missed ones", () => {
    assert.deepEqual(missed("skip", "2026-01-01T05:00:01Z").run, [hour(5)]);
    assert.deepEqual(missed("once", "2026-01-01T05:00:01Z").run, [hour(4), hour(5)]);
  });

  it("looks at the latest hundred at most after a long time", () => {
    const { run } = dueTicks(
      { cron: "* * * * * *", timeZone: "UTC", missed: "all" },
      at("2026-01-01T00:00:00Z"),
      at("2026-02-01T00:00:00Z"),
    );
    assert.deepEqual(
      [run.length, run[0], run.at(-1)],
      [100, at("2026-01-31T23:58:21Z"), at("2026-02-01T00:00:00Z")],
    );
  });
});
