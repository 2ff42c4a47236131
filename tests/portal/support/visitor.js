import { setTimeout as pause } from 'node:timers/promises';

import { password } from './people.js';

// What a customer does on the pages, in their words.

export async function signIn(page, customer) {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(customer.email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'My tickets').waitFor();
}

export async function fillRegistration(page, person) {
    await page.getByLabel('Full name').fill(person.name);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByLabel('Phone number').fill('(212) 555-0142');
    await fillAddress(page, person.address);
}

export async function fillAddress(page, address) {
    await page.getByLabel('Street and number').fill(address.line1);
    await page.getByLabel('City').fill(address.city);
    await page.getByLabel('State').selectOption(address.state);
    await page.getByLabel('ZIP code').fill(address.zip);
}

// In the dialog that asks for one.
export async function fillCard(page, number = '4242 4242 4242 4242', until = '04/39') {
    await page.getByLabel('Card number').fill(number);
    await page.getByLabel('Good until').fill(until);
    await page.getByRole('dialog').getByRole('button', { name: 'Add card' }).click();
}

export async function chooseProduct(page, product) {
    await page.getByRole('combobox', { name: 'Which device is it?' }).fill(product.name);
    await page.getByRole('option', { name: product.name }).first().click();
}

// The form of a new ticket, ready to be sent; name, phone and address come from the profile.
export async function fillTicket(page, product, subject = 'The screen stays black') {
    await page.goto('/tickets/new');
    await chooseProduct(page, product);
    await page.getByLabel('What is wrong?').fill(subject);
    await page.getByLabel('Tell us more').fill('Since yesterday evening.');
}

export function heading(page, name) {
    return page.getByRole('heading', { level: 1, name });
}

export function fileButton(page) {
    return page.getByRole('button', { name: 'File ticket' });
}

// The id in the address, once the page of the new ticket is there.
export async function filedTicketId(page, subject = 'The screen stays black') {
    await heading(page, subject).waitFor();
    return new URL(page.url()).pathname.split('/').pop();
}

// Playwright's own expectations come with its test runner, which is not used here.
export async function until(what, condition) {
    const deadline = Date.now() + 30_000;
    while (!(await condition())) {
        if (Date.now() > deadline)
            throw new Error(`${what} did not happen`);
        await pause(30);
    }
}
