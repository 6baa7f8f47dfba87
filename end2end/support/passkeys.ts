// A device that keeps passkeys and verifies its person, as Chromium plays it; and what an authenticator app shows.

import type { Page } from "@playwright/test";
import { createHmac } from "node:crypto";

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

/** The code of six digits that an app shows for an `otpauth:` address at a moment (RFC 6238). */
export function appCode(address: string, atMs: number): string {
  const letters = new URL(address).searchParams.get("secret") ?? "";
  let bits = "";
  for (const letter of letters) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const offset = digest.at(-1)! & 15;
  return ((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}
