import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { eventually } from '../support/api.js';
import { newCustomer } from '../support/people.js';
import { signIn } from '../support/visitor.js';
import { world } from '../support/world.js';

const card = { number: '4242424242424242', expMonth: 4, expYear: 2039 };

async function buyHome(customer) {
    const { items: plans } = await customer.api.call('GET', '/plans');
    await customer.api.call('POST', '/subscriptions', { planId: plans.find(({ name }) => name === 'Home').id });
}

async function downloaded(page, name) {
    const [download] = await Promise.all([
        page.waitForEvent('download'), page.getByRole('button', { name }).click(),
    ]);
    return readFile(await download.path());
}

function billOf(customer, state) {
    return eventually(`a bill that is ${state}`, async () => (await customer.api.call('GET', '/invoices')).items[0],
        (bill) => bill?.state === state && (state === 'paid' || bill.trouble));
}

test('a plan is paid by the card and the bill says so', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await customer.api.call('POST', '/cards', card);
    await buyHome(customer);
    const bill = await billOf(customer, 'paid');

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByRole('heading', { name: bill.text }).waitFor();
        await page.getByText(`Bill ${bill.number}`).waitFor();
        await page.getByText('card ending in 4242').waitFor();
        await page.getByText('Paid', { exact: true }).waitFor();
        await page.getByText('$29.99', { exact: true }).waitFor();
        for (const name of [`Bill ${bill.number} as PDF`, `Statement of ${new Date().getFullYear()}`])
            assert.equal((await downloaded(page, name)).subarray(0, 5).toString(), '%PDF-');
    });
});

test('a bill that is not paid says why, and another card pays it', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await buyHome(customer);
    await billOf(customer, 'open');

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.getByText('The plan begins when its first bill is paid.').waitFor();
        await page.getByRole('link', { name: 'Give another card to pay with' }).waitFor();
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByText('Not paid yet', { exact: true }).waitFor();
        await page.getByText('There is no card to pay with.').waitFor();
        await customer.api.call('POST', '/cards', card);
        await billOf(customer, 'paid');
        // And the page, which is open, says so.
        await page.getByText('Paid', { exact: true }).waitFor();
    });
});

test('somebody else’s bill is not found', async () => {
    const { server } = world;
    const [customer, stranger] = [await newCustomer(server), await newCustomer(server)];
    await buyHome(customer);
    const { id } = await billOf(customer, 'open');

    const answers = await Promise.all([
        stranger.api.send('GET', `/invoices/${id}`),
        stranger.api.send('GET', `/invoices/${id}/refunds`),
        stranger.api.send('GET', `/invoices/${id}/pdf`),
        stranger.api.send('GET', `/invoices?customerId=${customer.api.account.id}`),
        customer.api.send('POST', `/invoices/${id}/refunds`, { amountMinor: 1, reason: 'For me' }),
    ]);

    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 403, 403]);
});
