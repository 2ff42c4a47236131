import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newCustomer } from '../support/people.js';
import { fillCard, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

// Numbers that vendors give out for tests: nobody's.
const visa = '4242 4242 4242 4242';
const mastercard = '5555555555554444';

async function atCards(task, { tolerate } = {}) {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page, context) => {
        await signIn(page, customer);
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByText('You have not given us a card.').waitFor();
        await task({ page, context, customer, server });
    }, { tolerate });
}

async function addCard(page, number, until) {
    await page.getByRole('button', { name: 'Add a card' }).click();
    await fillCard(page, number, until);
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

test('cards are added, chosen and removed', async () => {
    await atCards(async ({ page, customer }) => {
        await addCard(page, visa, '04/39');
        await page.getByRole('heading', { name: 'Visa ending in 4242' }).waitFor();
        await page.getByText('Good until the end of 04/2039').waitFor();
        await addCard(page, mastercard, '1238');
        await page.getByRole('heading', { name: 'Mastercard ending in 4444' }).waitFor();

        await page.getByRole('button', { name: 'Pay with Visa ending in 4242' }).click();
        await page.getByRole('button', { name: 'Pay with Mastercard ending in 4444' }).waitFor();
        const { items } = await customer.api.call('GET', '/cards');
        assert.deepEqual(items.filter(({ isDefault }) => isDefault).map(({ last4 }) => last4), ['4242']);

        await page.getByRole('button', { name: 'Remove Visa ending in 4242' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Remove card' }).click();
        await page.getByRole('heading', { name: 'Visa ending in 4242', exact: true }).waitFor({ state: 'detached' });
        await page.getByText('Pays your plans').waitFor(); // the other one does now
    });
});

test('a slip of the finger is found before anything is sent', async () => {
    await atCards(async ({ page, customer }) => {
        let sent = 0;
        page.on('request', (request) => { sent += request.method() === 'POST' && request.url().endsWith('/cards') ? 1 : 0; });
        await page.getByRole('button', { name: 'Add a card' }).click();

        await fillCard(page, '4242 4242 4242 4243', '13/39');
        await page.getByText('a digit seems to be wrong or missing').waitFor();
        await page.getByText('Please enter a month to come').waitFor();
        await fillCard(page, visa, '01/20');
        await page.getByText('Please enter a month to come').waitFor();

        assert.equal(sent, 0);
        assert.deepEqual((await customer.api.call('GET', '/cards')).items, []);
    });
});

test('a card that is refused can be put right in the same dialog', async () => {
    await atCards(async ({ page }) => {
        await page.getByRole('button', { name: 'Add a card' }).click();
        await fillCard(page, '9999 9999 9999 9995', '04/39'); // of no brand
        await page.getByText('is of a kind of card that we do not take').waitFor();

        await fillCard(page, visa, '04/39');

        await page.getByRole('heading', { name: 'Visa ending in 4242' }).waitFor();
    });
});

test('a lost answer does not add the card twice', async () => {
    await atCards(async ({ page, customer }) => {
        let lost = 0;
        await page.route('**/api/v1/cards', async (route) => {
            if (route.request().method() !== 'POST' || lost > 0)
                return route.continue();
            lost += 1;
            await route.fetch(); // the server has it
            return route.abort();
        });
        await page.getByRole('button', { name: 'Add a card' }).click();
        await fillCard(page, visa, '04/39');
        await page.getByRole('dialog').getByRole('alert').getByText(/./).first().waitFor();
        await fillCard(page, visa, '04/39');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });

        await page.getByRole('heading', { name: 'Visa ending in 4242' }).waitFor();
        assert.equal((await customer.api.call('GET', '/cards')).items.length, 1);
    }, { tolerate: [/net::ERR_FAILED/] });
});

test('the number stays nowhere: not in the page, not in storage, not in what the server says', async () => {
    await atCards(async ({ page }) => {
        const answers = [];
        page.on('response', (response) => {
            if (response.url().includes('/api/'))
                answers.push(response.text().catch(() => ''));
        });
        await addCard(page, visa, '04/39');
        await page.getByRole('heading', { name: 'Visa ending in 4242' }).waitFor();

        const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage },
            [...document.querySelectorAll('input')].map(({ value }) => value), document.documentElement.outerHTML]));
        await until('all answers are there', async () => answers.length > 1);
        for (const text of [kept, ...(await Promise.all(answers))])
            assert.doesNotMatch(text, /4242[ -]?4242/);
    });
});

test('nobody reaches the card of another', async () => {
    await atCards(async ({ page, customer, server }) => {
        await addCard(page, visa, '04/39');
        await page.getByRole('heading', { name: 'Visa ending in 4242' }).waitFor();
        const [{ id }] = (await customer.api.call('GET', '/cards')).items;
        const stranger = await newCustomer(server);

        const removed = await stranger.api.send('DELETE', `/cards/${id}`);
        const used = await stranger.api.send('POST', `/cards/${id}/default`);

        assert.deepEqual([removed.status, used.status], [404, 404]);
        assert.equal((await customer.api.call('GET', '/cards')).items.length, 1);
    });
});
