// Slack's own SDK says what the portal says, and is told no as Slack tells it.

import { ErrorCode, WebClient } from "@slack/web-api";
import type { Sandbox } from "./sandbox.ts";
import { expect, test } from "./sandbox.ts";

const connect = (sandbox: Sandbox, token = sandbox.setting("SLACK_TOKEN")) =>
  new WebClient(token, { slackApiUrl: `${sandbox.setting("SLACK_URL")}/`, retryConfig: { retries: 2, minTimeout: 100 } });

const BLOCKS = [
  { type: "header", text: { type: "plain_text", text: "New lead" } },
  { type: "section", text: { type: "mrkdwn", text: "*Acme &amp; Co*" } },
];

test("a message arrives with its text and blocks, and can be followed up in its place", async ({ sandbox }) => {
  const slack = connect(sandbox);
  const who = await slack.auth.test();
  expect([who.ok, who.team_id]).toEqual([true, "T0NORTHWIND"]);
  const posted = await slack.chat.postMessage({ channel: "C0PARTNERS", text: "New lead: Acme", blocks: BLOCKS, unfurl_links: false });
  expect(posted).toMatchObject({ ok: true, channel: "C0PARTNERS", message: { text: "New lead: Acme", type: "message" } });
  expect(posted.ts).toMatch(/^\d+\.\d{6}$/);
  const updated = await slack.chat.update({ channel: posted.channel!, ts: posted.ts!, text: "Lead won: Acme" });
  expect([updated.ok, updated.ts]).toEqual([true, posted.ts]);
  const there = await sandbox.read("slack/messages?channel=C0PARTNERS");
  expect(there).toMatchObject([{ text: "Lead won: Acme", edited: true }]);
});

test("a person is found by address and written to directly", async ({ sandbox }) => {
  const slack = connect(sandbox);
  const found = await slack.users.lookupByEmail({ email: "Ana@Acme.example" });
  const opened = await slack.conversations.open({ users: found.user!.id! });
  const posted = await slack.chat.postMessage({ channel: opened.channel!.id!, text: "Hello" });
  expect(posted.ok).toBe(true);
  await expect(slack.users.lookupByEmail({ email: "nobody@acme.example" })).rejects.toMatchObject({ data: { error: "users_not_found" } });
});

test("a no inside a 200 is an error of the platform, with Slack's word for it", async ({ sandbox }) => {
  const said = async (call: Promise<unknown>) => {
    const error = await call.then(() => undefined, (thrown) => thrown);
    return [error?.code, error?.data?.error];
  };
  const slack = connect(sandbox);
  const no = ErrorCode.PlatformError;
  expect(await said(slack.chat.postMessage({ channel: "nowhere", text: "Hi" }))).toEqual([no, "channel_not_found"]);
  expect(await said(slack.chat.postMessage({ channel: "C0archived", text: "Hi" }))).toEqual([no, "is_archived"]);
  expect(await said(slack.chat.postMessage({ channel: "C0closed", text: "Hi" }))).toEqual([no, "not_in_channel"]);
  expect(await said(slack.chat.postMessage({ channel: "C1", text: "" }))).toEqual([no, "no_text"]);
  expect(await said(connect(sandbox, "xoxb-other").chat.postMessage({ channel: "C1", text: "Hi" }))).toEqual([no, "invalid_auth"]);
  await sandbox.act("faults", { slack: { token_revoked: true } });
  expect(await said(slack.chat.postMessage({ channel: "C1", text: "Hi" }))).toEqual([no, "token_revoked"]);
});

test("too much is a 429, which the SDK waits out as long as Slack says", async ({ sandbox }) => {
  const slack = connect(sandbox);
  await sandbox.act("faults", { slack: { too_many_requests: 1 } });
  const began = Date.now();
  expect((await slack.chat.postMessage({ channel: "C1", text: "Hi" })).ok).toBe(true);
  expect(Date.now() - began).toBeGreaterThan(900);
  expect(await sandbox.read("slack/messages?channel=C1")).toHaveLength(1);
});

test("one message a second is what a channel takes, and the SDK waits for its turn", async ({ sandbox }) => {
  const slack = connect(sandbox);
  await sandbox.act("faults", { slack: { limits_enforced: true } });
  const began = Date.now();
  for (const text of ["one", "two"]) await slack.chat.postMessage({ channel: "C1", text });
  expect(Date.now() - began).toBeGreaterThan(900);
  const there = await sandbox.read("slack/messages?channel=C1");
  expect(there.map((message: { text: string }) => message.text)).toEqual(["one", "two"]);
});

test("blocks that are too long are refused with the place", async ({ sandbox }) => {
  const header = { type: "header", text: { type: "plain_text", text: "x".repeat(151) } };
  const error = await connect(sandbox).chat.postMessage({ channel: "C1", text: "Hi", blocks: [header] }).catch((thrown) => thrown);
  expect(error.data.error).toBe("invalid_blocks");
  expect(error.data.response_metadata.messages).toEqual(["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]);
});

test("a server that fails is tried again, and a message whose answer was lost is there twice", async ({ sandbox }) => {
  const slack = connect(sandbox);
  await sandbox.act("faults", { slack: { drop_after: 1 } });
  expect((await slack.chat.postMessage({ channel: "C1", text: "Hi" })).ok).toBe(true);
  expect(await sandbox.read("slack/messages?channel=C1")).toHaveLength(2);
});
