import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Api, demoPassword } from '../support/api.js';
import { newCustomer, newPerson, productNamed } from '../support/people.js';
import { fileButton, fillRegistration, fillTicket, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

// The focus is on the field, and the field tells its error to a screen reader.
async function assertRefused(page, label, text) {
    const field = page.getByLabel(label, { exact: true });
    await page.getByText(text).first().waitFor();
    await until(`the focus on ${label}`, () => field.evaluate((input) => input === document.activeElement));
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const described = await field.evaluate((input) =>
        input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '));
    assert.match(described, text);
}

test('an empty form names every field, and the focus goes to the first', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/register');
        await page.getByRole('button', { name: 'Create account' }).click();

        await assertRefused(page, 'Full name', /Please enter your name\./);
        assert.equal(await page.locator('[aria-invalid="true"]').count(), 8);
        await page.getByLabel('Full name').fill('Ada');
        assert.equal(await page.locator('[aria-invalid="true"]').count(), 7);
    });
});

test('what the server refuses is said at the field it means', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);

    await browser.visit(server.url, async (page) => {
        await page.goto('/register');
        await fillRegistration(page, { ...newPerson(), email: customer.email });
        await page.getByRole('button', { name: 'Create account' }).click();

        await assertRefused(page, 'E-mail address', /has an account already/);
    });
});

test('fields inside the address are found by their pointer too', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await fillTicket(page, product);
        // Past our own check, so that the server's is met.
        await page.route('**/api/v1/tickets', async (route) => {
            const body = route.request().postDataJSON();
            await route.continue({ postData: JSON.stringify({ ...body, address: { ...body.address, zip: '1' } }) });
        });
        await fileButton(page).click();

        await assertRefused(page, 'ZIP code', /ZIP code must be a five-digit ZIP code\./);
        await page.unroute('**/api/v1/tickets');
        await fileButton(page).click(); // a refused ticket is another one the next time: its key must not stick
        await page.getByText(/^T-\d+$/).waitFor();
    });
});

test('a wrong password says so, without telling whether the account exists', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);

    await browser.visit(server.url, async (page) => {
        const texts = [];
        for (const email of [customer.email, 'nobody@customer.example']) {
            await page.goto('/sign-in');
            await page.getByLabel('E-mail address').fill(email);
            await page.getByLabel('Password', { exact: true }).fill('not the password');
            await page.getByRole('button', { name: 'Sign in' }).click();
            const alert = page.getByRole('alert').getByText('is wrong');
            await alert.waitFor();
            texts.push(await alert.textContent());
        }
        assert.equal(texts[0], texts[1]);
    });
});

test('a password can be looked at before it is sent', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/register');
        const password = page.getByLabel('Password', { exact: true });
        const show = page.getByRole('button', { name: 'Show password' });
        await password.fill('correct horse');
        assert.equal(await password.getAttribute('type'), 'password');

        await show.click();

        assert.equal(await password.getAttribute('type'), 'text');
        assert.equal(await show.getAttribute('aria-pressed'), 'true');
        assert.equal(await password.inputValue(), 'correct horse');
    });
});

test('staff are told where their place is', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/sign-in');
        await page.getByLabel('E-mail address').fill('manager@demo.squad.example');
        await page.getByLabel('Password', { exact: true }).fill(demoPassword);
        await page.getByRole('button', { name: 'Sign in' }).click();

        await page.getByText('sign in with the desktop application').waitFor();
        assert.equal(new URL(page.url()).pathname, '/sign-in');
    });
    const manager = await new Api(server.url).signIn('manager@demo.squad.example');
    const { items } = await manager.call('GET', '/auth/sessions');
    assert.ok(items.every(({ device }) => !device.startsWith('Chrome'))); // the session was not left open
});

test('a deep link asks for the sign-in and goes on where it led', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await page.goto('/account');
        await heading(page, 'Sign in').waitFor();
        await page.getByLabel('E-mail address').fill(customer.email);
        await page.getByLabel('Password', { exact: true }).fill(customer.password);
        await page.getByRole('button', { name: 'Sign in' }).click();

        await heading(page, 'Account').waitFor();
        await page.reload();
        await heading(page, 'Account').waitFor();
    });
});

test('the way on after signing in leads nowhere but here', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const elsewhere = ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)', '//', '//['];
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        for (const next of elsewhere) {
            await page.goto(`/sign-in?next=${encodeURIComponent(next)}`); // which is for guests, and leads on
            await heading(page, 'My tickets').waitFor();
            assert.equal(new URL(page.url()).origin, server.url);
        }
    });
});

test('Back and Forward move between the pages, and the title follows', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/');
        await page.getByRole('link', { name: 'Plans', exact: true }).click();
        await heading(page, 'Choose a plan').waitFor();
        assert.equal(await page.title(), 'Choose a plan · Sysops Squad');
        assert.equal(await heading(page, 'Choose a plan').evaluate((element) => element === document.activeElement), true);

        await page.goBack();
        await heading(page, /It broke/).waitFor();
        await page.goForward();
        await heading(page, 'Choose a plan').waitFor();
    });
});
