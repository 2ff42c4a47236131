import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Api, eventually } from '../support/api.js';
import { holdPlan, newCustomer, newPerson } from '../support/people.js';
import { fillRegistration, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const card = { number: '4242424242424242', expMonth: 4, expYear: 2039 };

async function atAccount(task) {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page, context) => {
        await signIn(page, customer);
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByLabel('Full name').waitFor();
        await task({ page, context, customer, server });
    });
}

test('the profile is changed and is what a new ticket starts with', async () => {
    await atAccount(async ({ page, customer }) => {
        await page.getByLabel('Full name').fill('Augusta King');
        await page.getByLabel('Phone number').fill('212 555 0199');
        await page.getByLabel('Street and number').fill('1 St James’s Square');
        await page.getByRole('button', { name: 'Save changes' }).click();
        await page.getByText('Your details are saved.').waitFor();

        const me = await customer.api.call('GET', '/me');
        assert.deepEqual([me.name, me.phone, me.address.line1], ['Augusta King', '+12125550199', '1 St James’s Square']);
        await page.goto('/tickets/new');
        await until('the new name', async () => await page.getByLabel('Contact person').inputValue() === 'Augusta King');
        assert.equal(await page.getByLabel('Phone number').inputValue(), '(212) 555-0199');
    });
});

test('of two who change the profile at once, the second is told', async () => {
    await atAccount(async ({ page, customer }) => {
        await customer.api.call('PATCH', '/me', { name: 'Changed elsewhere' });

        await page.getByLabel('Full name').fill('Too late');
        await page.getByRole('button', { name: 'Save changes' }).click();

        await page.getByText('changed somewhere else').waitFor();
        await until('the newest name', async () => await page.getByLabel('Full name').inputValue() === 'Changed elsewhere');
    });
});

test('a plan is bought, held and cancelled', async () => {
    await atAccount(async ({ page, customer }) => {
        await customer.api.call('POST', '/cards', card);
        await page.getByText('You have no plan.').waitFor();
        await page.getByRole('link', { name: 'Plans', exact: true }).click();
        await page.getByRole('button', { name: 'Choose Home', exact: true }).click();
        await page.getByRole('button', { name: /^Confirm for \$/ }).click();
        await page.getByText('You are covered').waitFor();
        await page.getByText('Your plan').waitFor();
        await page.getByRole('button', { name: 'Choose Business' }).click();
        await page.getByRole('dialog').getByText('You have Home already').waitFor();
        await page.getByRole('button', { name: 'Go back' }).click();
        assert.equal(await page.getByRole('button', { name: 'Choose Home', exact: true }).count(), 0);

        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByText(/^Paid until .*, then renewed for \$29\.99/).waitFor();
        await page.getByRole('button', { name: 'Cancel plan Home' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel plan' }).click();
        await page.getByText(/^Paid until .*, then it ends\.$/).waitFor();
        await page.getByRole('button', { name: 'Keep plan Home' }).click();
        await page.getByText('Home goes on as before.').waitFor();
        await page.getByRole('button', { name: 'Pause plan Home' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
        await page.getByText(/^Paid until .*, then paused\.$/).waitFor();

        const { items } = await customer.api.call('GET', '/subscriptions');
        assert.deepEqual(items.map(({ state, atPeriodEnd }) => [state, atPeriodEnd]), [['active', 'pause']]);
    });
});

test('without a card a plan waits for its payment, and begins with the card', async () => {
    await atAccount(async ({ page, customer }) => {
        await page.getByRole('link', { name: 'Plans', exact: true }).click();
        await page.getByRole('button', { name: 'Choose Home', exact: true }).click();
        await page.getByRole('button', { name: /^Confirm for \$/ }).click();
        await page.getByRole('dialog').getByRole('heading', { name: 'Add a card' }).waitFor();
        await page.getByRole('button', { name: 'Go back' }).click();
        await page.getByText('Waiting for your payment').waitFor();
        await page.getByRole('link', { name: 'See cards and bills' }).click();
        await page.getByText('Waiting for payment', { exact: true }).waitFor();
        await customer.api.call('POST', '/cards', card);
        await eventually('the plan', async () => (await customer.api.call('GET', '/subscriptions')).items[0],
            ({ state }) => state === 'active');
        await page.reload();

        await page.getByText(/^Paid until .*, then renewed/).waitFor();
    });
});

test('a dearer plan is taken at once for the difference, a cheaper one later', async () => {
    await atAccount(async ({ page, customer }) => {
        const { items: plans } = await customer.api.call('GET', '/plans');
        const monthly = plans.filter(({ period }) => period === 'month').sort((a, b) => a.price.minor - b.price.minor);
        const [cheap, dear] = [monthly.at(0), monthly.at(-1)];
        await holdPlan(customer, cheap);
        const held = () => customer.api.call('GET', '/subscriptions').then(({ items }) => items[0]);
        await page.getByRole('link', { name: 'Plans', exact: true }).click();

        await page.getByRole('button', { name: `Switch from ${cheap.name} to ${dear.name}`, exact: true }).click();
        await page.getByRole('dialog').getByText('It begins now.').waitFor();
        await page.getByRole('button', { name: 'Switch', exact: true }).click();
        await page.getByText(`${dear.name} is your plan now.`).waitFor();
        assert.equal((await held()).plan.name, dear.name);
        const bill = await eventually('the bill', async () => (await customer.api.call('GET', '/invoices')).items[0],
            ({ state, lines }) => state === 'paid' && lines.length === 2);
        assert.equal(bill.net.minor, dear.price.minor - cheap.price.minor);

        await page.getByRole('button', { name: `Switch from ${dear.name} to ${cheap.name}`, exact: true }).click();
        await page.getByRole('dialog').getByText(`${dear.name} is paid until`).waitFor();
        await page.getByRole('button', { name: 'Switch', exact: true }).click();
        await page.getByText(new RegExp(`^${cheap.name} follows on `)).waitFor();
        assert.equal((await held()).nextPlan.name, cheap.name);
    });
});

test('a visitor who chose a plan comes back to it after registering', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/plans');
        await page.getByRole('button', { name: /^Choose Home/ }).first().click();
        await heading(page, 'Create your account').waitFor();
        await fillRegistration(page, newPerson());
        await page.getByRole('button', { name: 'Create account' }).click();

        await page.getByRole('dialog').getByRole('heading', { name: /^Choose Home/ }).waitFor();
    });
});

test('a browser is listed by its name, also when it has just registered', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/register');
        await fillRegistration(page, newPerson());
        await page.getByRole('button', { name: 'Create account' }).click();
        await heading(page, 'Choose a plan').waitFor();
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByRole('heading', { name: 'Chrome on Linux' }).waitFor();
    });
});

test('another session is seen and ended', async () => {
    await atAccount(async ({ page, customer, server }) => {
        await new Api(server.url).signIn(customer.email, customer.password);
        await page.reload();
        const ends = page.getByRole('button', { name: 'Sign out there: portal test' });
        await ends.first().waitFor();
        const before = await ends.count();

        await ends.first().click();

        await until('one session less', async () => await ends.count() === before - 1);
        await page.getByText('This browser').waitFor();
    });
});

test('signing out leaves nothing behind', async () => {
    await atAccount(async ({ page, customer }) => {
        await page.goto('/tickets/new');
        await page.getByLabel('What is wrong?').fill('private');
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByRole('button', { name: 'Sign out', exact: true }).click();

        await heading(page, /It broke/).waitFor();
        await eventually('the end of the session', () => customer.api.call('GET', '/auth/sessions'),
            ({ items }) => items.every(({ current }) => current));
        assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
        await page.goto('/home');
        await heading(page, 'Sign in').waitFor();
    });
});
