import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const patience = 120_000; // ms: a first start sets up a database cluster

// A sysops-server of its own, with demo data, that can be killed and started again at the same address.
export class Server {
    url = null;
    #directory;
    #process = null;
    #port = 0;
    #options = [];
    output = '';

    // `options` go along with the demo's own.
    static async start(options = []) {
        const server = new Server();
        server.#options = options;
        // Short: the path of the database's socket has to stay under 107 bytes. Owned by others than root in the end.
        server.#directory = await mkdtemp(join(tmpdir(), 'portal-'));
        process.once('exit', () => server.#process?.kill()); // also when the run is broken off
        await server.resume();
        return server;
    }

    async resume() {
        const program = process.env.SQUAD_SERVER;
        if (!program)
            throw new Error('SQUAD_SERVER must name the sysops-server to test');
        const options = ['serve', '--demo', '--data-dir', this.#directory, '--listen', `127.0.0.1:${this.#port}`, ...this.#options];
        this.#process = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.url = await this.#listening(this.#process);
        this.#port = new URL(this.url).port;
    }

    // As a power failure would: nothing is finished, nothing is said.
    kill() { return this.#end('SIGKILL'); }

    get isDown() { return hasEnded(this.#process); }

    async stop() {
        await this.#end('SIGTERM');
        await rm(this.#directory, { recursive: true, force: true });
    }

    #listening(child) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`the server did not start:\n${this.output}`)), patience);
            let seen = '';
            const read = (data) => {
                seen += data;
                this.output += data;
                const url = /listening on (http\S+)/.exec(seen)?.[1];
                if (!url)
                    return;
                clearTimeout(timer);
                resolve(url.replace(/\/$/, ''));
            };
            child.stdout.on('data', read);
            child.stderr.on('data', read);
            child.on('exit', (code) => {
                clearTimeout(timer);
                reject(new Error(`the server ended with ${code}:\n${this.output}`));
            });
        });
    }

    #end(signal) {
        const child = this.#process;
        if (hasEnded(child))
            return Promise.resolve();
        return new Promise((resolve) => {
            child.once('exit', resolve);
            child.kill(signal);
        });
    }
}

function hasEnded(child) {
    return child.exitCode !== null || child.signalCode !== null;
}
