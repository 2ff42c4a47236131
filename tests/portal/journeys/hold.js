import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assigned, demoStaff, fileTicket, holdPlan, newCustomer, newExpert, newPerson, nextPlace, productNamed } from '../support/people.js';
import { signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const status = (page) => page.locator('.headline');

// A ticket of a customer who has the widest plan, with an expert who accepted it.
async function acceptedTicket() {
    const { server } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server, newPerson(place));
    const { items } = await customer.api.call('GET', '/plans');
    const [widest] = items.toSorted((a, b) => b.categories.length - a.categories.length);
    await holdPlan(customer, widest);
    const expert = await newExpert(server, { product, place, name: 'Katherine Johnson' });
    const { id } = await fileTicket(server, customer, product);
    await assigned(server, id);
    await expert.call('POST', `/tickets/${id}/accept`);
    return { customer, expert, id };
}

test('a customer who is waited for reads what for, and what they can do', async () => {
    const { server, browser } = world;
    const { customer, expert, id } = await acceptedTicket();

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${id}`);
        await status(page).getByText('Katherine Johnson takes care of it').waitFor();

        await expert.call('POST', `/tickets/${id}/pause`, { reason: 'noShow', note: 'Rang twice.' });

        await status(page).getByText('We were at your door, and nobody was there.').waitFor();
        await page.getByText('Please write to us when somebody is at home, and we come again.').waitFor();
        await page.getByText(/we go on by ourselves .+\d/).waitFor();
        await page.locator('.pill').getByText('Waiting for you').waitFor();
        await page.getByText('Nobody was there. Rang twice.').waitFor();
        await page.getByRole('button', { name: 'Write to us' }).click();
        await page.getByLabel('Write to the service desk').and(page.locator(':focus')).fill('I am at home now.');
        await page.keyboard.press('Tab');
        await page.getByRole('button', { name: 'Send message' }).click();
        await page.getByRole('log').getByText('I am at home now.').waitFor();

        await expert.call('POST', `/tickets/${id}/resume`);

        await status(page).getByText('Katherine Johnson takes care of it').waitFor();
        await until('no note', async () => await page.getByRole('button', { name: 'Write to us' }).count() === 0);
        await page.getByText('The ticket goes on').waitFor();
    });
});

test('a later day is the day that was agreed on, in the list of tickets too', async () => {
    const { server, browser } = world;
    const { customer, expert, id } = await acceptedTicket();
    const day = new Date(Date.now() + 9 * 86_400_000);
    await expert.call('POST', `/tickets/${id}/pause`, { reason: 'laterDay', until: day.toISOString() });

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.locator('.ticket-card .now').getByText('Your visit waits for the day you asked for.').waitFor();
        await page.locator('.ticket-card').getByText('Waiting for you').waitFor();
        await page.goto(`/tickets/${id}`);

        const zone = (await customer.api.call('GET', `/tickets/${id}`)).timeZone;
        const said = new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'short', day: 'numeric' }).format(day);
        await page.getByText(`we go on by ourselves ${said}`).waitFor();
    });
});

test('a visit that is late is said to be late, until the expert is there', async () => {
    const { server, browser } = world;
    const admin = await demoStaff(server, 'admin');
    const { policy } = await admin.call('GET', '/escalation-rules');
    const { customer, expert, id } = await acceptedTicket();

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${id}`);
        await status(page).getByText('Katherine Johnson takes care of it').waitFor();
        assert.equal(await page.getByText('later than we promised').count(), 0);
        try {
            // Due for being said at once, however far away the deadline is.
            const rule = { clock: 'arrive', minutes: -20160, level: 9, tell: ['customer'], text: 'The expert is late' };
            await admin.call('PUT', '/escalation-rules', { ...policy, rules: [...policy.rules, rule] });

            await page.getByText('Your visit is later than we promised').waitFor();
            await page.getByText('You need not do anything').waitFor();
            await page.getByText('We told you that it takes longer').waitFor();
            assert.doesNotMatch(await page.locator('main').innerText(), /level|escalat/i); // that is ours
        } finally {
            await admin.call('PUT', '/escalation-rules', policy);
        }

        await expert.call('POST', `/tickets/${id}/depart`);
        await expert.call('POST', `/tickets/${id}/arrive`);
        await status(page).getByText('Katherine Johnson is with you').waitFor();
        await until('no note', async () => await page.getByText('later than we promised').count() === 0);
    });
});
