// Where the keyboard's and the screen reader's place on the page is, and that it is never lost.

export function focusOn(element) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
}

// Screen readers go on reading at a page's heading, and the next Tab starts there.
export function focusHeading(within = document.getElementById('main')) {
    focusOn(within.querySelector('h1') ?? within);
}

// Draws anew what somebody may be on with the keyboard: they stay on the same link, and when what they were on is gone, the
// next Tab starts at the heading above it.
export function redraw(container, draw) {
    const focused = container.contains(document.activeElement) ? document.activeElement : null;
    draw();
    if (focused === null || focused === container || focused.isConnected)
        return;
    const href = focused.getAttribute('href');
    const same = href && container.querySelector(`a[href="${CSS.escape(href)}"]`);
    if (same)
        same.focus({ preventScroll: true });
    else
        focusOn(container.closest('section')?.querySelector('h2') ?? document.querySelector('#main h1') ?? container);
}
