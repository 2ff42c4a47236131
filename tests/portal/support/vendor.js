import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The payment vendor's double, as a process of its own, with keys that nobody else knows.
export class Vendor {
    #directory;
    #process;
    serverOptions = [];

    static async start() {
        const vendor = new Vendor();
        vendor.#directory = await mkdtemp(join(tmpdir(), 'vendor-'));
        const key = await secret(join(vendor.#directory, 'vendor.key'), 'sk_test_');
        const webhookKey = await secret(join(vendor.#directory, 'webhook.key'), 'whsec_');
        const program = process.env.SQUAD_PAYMENT_VENDOR;
        if (!program)
            throw new Error('SQUAD_PAYMENT_VENDOR must name the payment-vendor of the tests');
        vendor.#process = spawn(program, ['--key-file', key, '--webhook-key-file', webhookKey],
            { stdio: ['ignore', 'pipe', 'inherit'] });
        process.once('exit', () => vendor.#process.kill()); // also when the run is broken off
        const url = await listening(vendor.#process);
        vendor.serverOptions = ['--payment-url', url, '--payment-key-file', key, '--payment-webhook-key-file', webhookKey];
        return vendor;
    }

    async stop() {
        this.#process.kill();
        await rm(this.#directory, { recursive: true, force: true });
    }
}

async function secret(path, prefix) {
    await writeFile(path, `${prefix}${randomUUID().replaceAll('-', '')}\n`, { mode: 0o600 });
    return path;
}

function listening(child) {
    return new Promise((resolve, reject) => {
        let seen = '';
        child.stdout.on('data', (data) => {
            seen += data;
            const url = /listening on (http\S+)/.exec(seen)?.[1];
            if (url)
                resolve(url);
        });
        child.on('exit', (code) => reject(new Error(`the payment vendor ended with ${code}`)));
    });
}
