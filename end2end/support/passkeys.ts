// A device that keeps passkeys and verifies its person, as Chromium plays it; and what an authenticator app shows.

import type { Page } from "@playwright/test";
import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Portal } from "./portal.ts";

/** For so long an app shows a code, and so much of that is left for typing it. */
const SHOWN_MS = 30_000;
const LEFT_MS = 10_000;

/** Gives the page a device like a laptop with a fingerprint reader, whose person always touches it. */
export async function withPasskeyDevice(page: Page): Promise<{ forget: () => Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    forget: async () => {
      await session.send("WebAuthn.clearCredentials", { authenticatorId });
    },
  };
}

/** The code of six digits that an app shows for an `otpauth:` address; where it is shown for a moment only, the next one is waited for. */
export async function appCode(address: string, portal: Portal): Promise<string> {
  let now = await portal.now();
  const left = SHOWN_MS - (now % SHOWN_MS);
  if (left < LEFT_MS) {
    await wait(left + 100);
    now = await portal.now();
  }
  return codeAt(address, now);
}

/** As RFC 6238 has it. */
function codeAt(address: string, atMs: number): string {
  const letters = new URL(address).searchParams.get("secret") ?? "";
  let bits = "";
  for (const letter of letters) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(atMs / SHOWN_MS)));
  const digest = createHmac("sha1", key).update(step).digest();
  const offset = digest.at(-1)! & 15;
  return ((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}
