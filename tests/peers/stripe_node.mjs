// Stripe's official client as a peer, in two parts.
//
// It drives our stand-in: what the client sends is understood, what it reads is what it expects, and its own errors
// and retries come about. So the stand-in speaks Stripe's language and not only our driver's.
//
// It judges signatures: every case of our own tests, and signatures that the client makes itself. Where the two
// disagree, ours has to be the stricter one, and the case has to be on the list of where it is documented to be.
//
// usage: stripe_node.mjs STANDIN VERIFIER
import { spawn, spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { once } from "node:events";
import Stripe from "stripe";

const [standinScript, verifier] = process.argv.slice(2);

// ---- the stand-in -------------------------------------------------------------------------------------------

const standin = spawn("python3", [standinScript], { stdio: ["pipe", "pipe", "inherit"] });
const port = Number((await once(standin.stdout, "data"))[0]);
const steer = (what, form) =>
	fetch(`http://127.0.0.1:${port}/_test/${what}`, { method: "POST", body: new URLSearchParams(form) });
const stripe = new Stripe("sk_test_peer", { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 2,
	telemetry: false });

let checks = 0;
async function check(what, body) {
	await steer("reset", {});
	await body();
	checks++;
	console.log(`ok: ${what}`);
}

const params = { amount: 1999, currency: "eur", automatic_payment_methods: { enabled: true } };
const confirm = { payment_method: "pm_ok", return_url: "https://shop.example/return" };

await check("a payment intent is made, confirmed and retrieved", async () => {
	const made = await stripe.paymentIntents.create({ ...params, metadata: { attempt: "a", order: "o" } });
	assert.equal(made.status, "requires_payment_method");
	const paid = await stripe.paymentIntents.confirm(made.id, confirm);
	assert.equal(paid.status, "succeeded");
	assert.equal((await stripe.paymentIntents.retrieve(made.id)).amount_received, 1999);
	assert.equal((await stripe.paymentIntents.search({ query: 'metadata["attempt"]:"a"' })).data[0].id, made.id);
});
await check("the same key gives the same payment intent", async () => {
	const first = await stripe.paymentIntents.create(params, { idempotencyKey: "k" });
	const again = await stripe.paymentIntents.create(params, { idempotencyKey: "k" });
	assert.equal(first.id, again.id);
	assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
});
await check("the same key with another amount is an idempotency error", async () => {
	await stripe.paymentIntents.create(params, { idempotencyKey: "k" });
	await assert.rejects(stripe.paymentIntents.create({ ...params, amount: 5 }, { idempotencyKey: "k" }),
		{ type: "StripeIdempotencyError" });
});
await check("a declined card is a card error with the payment intent in it", async () => {
	const made = await stripe.paymentIntents.create(params);
	await assert.rejects(stripe.paymentIntents.confirm(made.id, { ...confirm, payment_method: "pm_declined" }),
		(error) => error.type === "StripeCardError" && error.decline_code === "insufficient_funds" &&
			error.payment_intent.id === made.id);
});
await check("a step is asked for with an address to go to", async () => {
	const made = await stripe.paymentIntents.create(params);
	const step = await stripe.paymentIntents.confirm(made.id, { ...confirm, payment_method: "pm_step" });
	assert.equal(step.status, "requires_action");
	assert.match(step.next_action.redirect_to_url.url, /^https:/);
});
await check("a hold is captured in part and given back in part", async () => {
	const made = await stripe.paymentIntents.create(params);
	const held = await stripe.paymentIntents.confirm(made.id, { ...confirm, capture_method: "manual" });
	assert.equal(held.amount_capturable, 1999);
	assert.equal((await stripe.paymentIntents.capture(made.id, { amount_to_capture: 1500 })).amount_received, 1500);
	const refund = await stripe.refunds.create({ payment_intent: made.id, amount: 500 });
	assert.equal(refund.status, "succeeded");
	assert.equal((await stripe.refunds.list({ payment_intent: made.id })).data.length, 1);
	await assert.rejects(stripe.refunds.create({ payment_intent: made.id, amount: 1001 }),
		{ type: "StripeInvalidRequestError" });
});
await check("what is cancelled cannot be confirmed", async () => {
	const made = await stripe.paymentIntents.create(params);
	assert.equal((await stripe.paymentIntents.cancel(made.id)).status, "canceled");
	await assert.rejects(stripe.paymentIntents.confirm(made.id, confirm),
		{ type: "StripeInvalidRequestError", code: "payment_intent_unexpected_state" });
});
for (const kind of ["before-500", "before-409", "drop", "refuse"]) {
	await check(`the client gets over: ${kind}`, async () => {
		await steer("fault", { kind, path: "payment_intents", times: 2 });
		const made = await stripe.paymentIntents.create(params);
		assert.equal((await stripe.paymentIntents.confirm(made.id, confirm)).status, "succeeded");
	});
}
await check("the client obeys a word against another try", async () => {
	await steer("fault", { kind: "before-500", path: "payment_intents", times: 1, headers: "Stripe-Should-Retry:false" });
	await assert.rejects(stripe.paymentIntents.create(params), { type: "StripeAPIError" });
});
standin.stdin.end();

// ---- signatures ---------------------------------------------------------------------------------------------

const body = '{"id":"evt_1","object":"event"}', secret = "whsec_a_secret_for_tests";
const stricter = new Set(["a second too early", "a year early", "two times, the second one signed",
	"the same time twice", "two times, the first one signed", "seventeen signatures, the last one right",
	"a time of thirteen digits"]);

function accepts(header, now, payload = body) {
	try {
		stripe.webhooks.constructEvent(payload, header, secret, 300, undefined, now * 1000);
		return true;
	} catch (error) {
		if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
		if (/secureCompare/.test(error.message)) return undefined; // it stumbles over an empty signature
		throw error;
	}
}

let agreed = 0, ours_stricter = 0, silent = 0;
const printed = spawnSync(verifier, ["--print"], { encoding: "utf8" }).stdout;
for (const line of printed.trimEnd().split("\n")) {
	const [now, good, what, header] = line.split("\t");
	const theirs = accepts(header.replaceAll("\\n", "\n"), Number(now));
	if (theirs === undefined) {
		silent++;
	} else if (theirs === (good === "1")) {
		agreed++;
	} else {
		assert.ok(theirs && stricter.has(what), `${what}: Stripe's client says ${theirs}`);
		ours_stricter++;
	}
}
assert.ok(agreed >= 40, `only ${agreed} cases agree`);
console.log(`ok: ${agreed} signature cases agree; in ${ours_stricter} ours is stricter, as documented; ` +
	`on ${silent} it gives no answer`);

// Signatures that the client makes, over bodies of every kind; each also with one byte changed.
const bodies = [body, '{"id":"evt_2"}', "x", "ü – 中文 – 🛒", JSON.stringify({ deep: [[[[1]]]], text: "\\u0000\n\t" }),
	"a".repeat(100000)];
const asked = [];
for (const payload of bodies) {
	for (const timestamp of [1700000000, 1699999800, 1700000200]) {
		const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
		asked.push([header, payload, true]);
		asked.push([header, payload + " ", false]);
		asked.push([stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_other", timestamp }), payload, false]);
	}
}
const input = asked.map(([header, payload]) => `1700000000\t${header}\t${Buffer.from(payload).toString("hex")}\n`).join("");
const answers = spawnSync(verifier, ["--verify"], { input, encoding: "utf8", maxBuffer: 1 << 26 }).stdout.trimEnd().split("\n");
assert.equal(answers.length, asked.length);
answers.forEach((answer, i) => assert.equal(answer, asked[i][2] ? "good" : "bad", asked[i][0]));
console.log(`ok: our verifier is right about ${asked.length} signatures that the client made`);
console.log(`stripe ${Stripe.PACKAGE_VERSION}: ${checks + 2} checks passed`);
