import { focusHeading } from './focus.js';
import { t } from './text.js';

// Shows the page that belongs to the address, and takes over clicks on links of our own.
//
// A route is { path: '/tickets/{id}', access, page }. `access` is 'anyone', 'customer' (sends strangers to sign-in and
// back) or 'guest' (sends those signed in on). `page(app, visit)` returns { title, element }; visit is { params, query, signal },
// and the signal tells when the page is left.
export class Router {
    #app;
    #outlet;
    #routes;
    #missing;
    #life = new AbortController();
    #address = '';

    constructor({ app, outlet, routes, missing }) {
        this.#app = app;
        this.#outlet = outlet;
        this.#routes = routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
        this.#missing = missing;
    }

    start() {
        addEventListener('popstate', () => this.#isWithinPage() || this.#show());
        document.addEventListener('click', (event) => this.#clicked(event));
        this.#show({ isFirst: true });
    }

    go(path, { replace = false } = {}) {
        if (replace)
            history.replaceState(null, '', path);
        else
            history.pushState(null, '', path);
        scrollTo(0, 0);
        this.#show();
    }

    // What is shown depends on who is signed in.
    refresh() {
        this.#show();
    }

    get path() { return location.pathname; }

    setTitle(title) {
        document.title = title ? t('title.page', { title }) : t('title.site');
    }

    // The way to a place on this page, which the browser knows: what was typed here stays.
    #isWithinPage() {
        return location.pathname + location.search === this.#address
            && document.getElementById(location.hash.slice(1)) !== null;
    }

    #clicked(event) {
        const anchor = event.target.closest('a[href]');
        const isPlain = event.button === 0 && !event.defaultPrevented
            && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!anchor || !isPlain || anchor.target || anchor.origin !== location.origin)
            return;
        if (anchor.hash && anchor.pathname === location.pathname && anchor.search === location.search)
            return; // within the page
        event.preventDefault();
        this.go(anchor.pathname + anchor.search + anchor.hash);
    }

    #show({ isFirst = false } = {}) {
        const { route, params } = this.#find(location.pathname);
        const query = new URLSearchParams(location.search);
        const detour = this.#detour(route, query);
        if (detour)
            return this.go(detour, { replace: true });
        this.#address = location.pathname + location.search;
        this.#life.abort();
        this.#life = new AbortController();
        const page = route.page(this.#app, { params, query, signal: this.#life.signal });
        this.setTitle(page.title);
        this.#outlet.replaceChildren(page.element);
        this.#app.shell.shown(location.pathname);
        if (!isFirst)
            focusHeading(this.#outlet);
    }

    #find(pathname) {
        for (const route of this.#routes) {
            const found = route.pattern.exec(pathname);
            if (found)
                return { route, params: found.groups ?? {} };
        }
        return { route: { access: 'anyone', page: this.#missing }, params: {} };
    }

    #detour(route, query) {
        const isSignedIn = this.#app.session.isSignedIn;
        if (route.access === 'customer' && !isSignedIn)
            return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
        if (route.access === 'guest' && isSignedIn)
            return ownPath(query.get('next')) ?? '/home';
        return null;
    }
}

// An address on this site, or null: `next` comes from the address bar and may hold anything.
export function ownPath(path) {
    try {
        const url = new URL(path ?? '', location.origin);
        return path?.startsWith('/') && url.origin === location.origin ? url.pathname + url.search : null;
    } catch {
        return null; // not even an address
    }
}

// For a page whose heading is fetched: the focus waits for it on the whole of the content.
export function headingArrived(element) {
    if (element.contains(document.activeElement) || document.activeElement === element.parentElement)
        focusHeading(element);
}

// An id is a UUID: an address with anything else in its place is none of ours, to the server neither.
function patternOf(path) {
    const parameters = { id: '[0-9a-fA-F-]{36}', slug: '[a-z-]+' };
    return new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${parameters[name]})`)}$`);
}
