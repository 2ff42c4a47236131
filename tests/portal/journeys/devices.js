import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/api.js';
import { newCustomer, productNamed } from '../support/people.js';
import { fileButton, filedTicketId, fillTicket, signIn } from '../support/visitor.js';
import { world } from '../support/world.js';

const devicesOf = async ({ api }) => (await api.call('GET', '/devices')).items;
const serial = () => `sn-${crypto.randomUUID().slice(0, 8)}`;

async function registered(customer, product, serialNumber, nickname = '') {
    return customer.api.call('POST', '/devices', { productId: product.id, serialNumber, nickname });
}

test('a device is registered, renamed and removed', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`${server.url}/account`);
        await page.getByText('You have not registered a device.').waitFor();

        await page.getByRole('button', { name: 'Register a device' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Which device is it?').fill(product.name);
        await dialog.getByRole('option').first().click();
        await dialog.getByLabel('Serial number').fill('ab 12-cd');
        await dialog.getByLabel('What you call it').fill('TV in the kitchen');
        await dialog.getByRole('button', { name: 'Register device' }).click();
        await page.getByRole('heading', { name: 'TV in the kitchen' }).waitFor();

        await page.getByRole('button', { name: 'Rename TV in the kitchen' }).click();
        await page.getByRole('dialog').getByLabel('What you call it').fill('Old TV');
        await page.getByRole('button', { name: 'Save name' }).click();
        await page.getByRole('heading', { name: 'Old TV' }).waitFor();

        await page.getByRole('button', { name: 'Remove Old TV' }).click();
        await page.getByRole('button', { name: 'Remove device' }).click();
        await page.getByText('You have not registered a device.').waitFor();
        assert.deepEqual(await devicesOf(customer), []);
    });
});

test('a serial number that somebody else has is refused with what to do', async () => {
    const { server, browser } = world;
    const product = await productNamed(server, 'TV');
    const taken = serial();
    await registered(await newCustomer(server), product, taken);
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`${server.url}/account`);
        await page.getByRole('button', { name: 'Register a device' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Which device is it?').fill(product.name);
        await dialog.getByRole('option').first().click();
        await dialog.getByLabel('Serial number').fill(taken.toUpperCase());
        await dialog.getByRole('button', { name: 'Register device' }).click();

        await dialog.getByRole('alert').waitFor();
        assert.deepEqual(await devicesOf(customer), []);
    });
});

test('a ticket for a registered device takes one click to say which', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    const serialNumber = serial();
    await registered(customer, product, serialNumber, 'Kitchen');
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await fillTicket(page, product);
        await page.getByRole('button', { name: 'Kitchen' }).click();
        await fileButton(page).click();
        const id = await filedTicketId(page);

        const ticket = await eventually('the ticket', () => customer.api.call('GET', `/tickets/${id}`), Boolean);
        assert.equal(ticket.serialNumber, serialNumber);
        assert.equal(ticket.productId, product.id);
    });
});
