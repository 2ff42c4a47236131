#pragma once

#include <QColor>
#include <QPalette>

// What a colour is for, where it carries meaning: a tone never stands alone, an icon and a word say the same.
enum class Tone { neutral, accent, success, warning, danger };

// The colours of the product by the part they play, in a light and a dark set. Each pair that carries text
// meets WCAG 2.1 AA (tokens_test).
struct Tokens
{
    struct Pair
    {
        QColor ink; // text and icons, on `soft` and on `surface`
        QColor soft; // the ground of a chip or banner
    };

    QColor canvas; // behind everything
    QColor surface; // cards, lists, fields
    QColor sunken; // headers of tables, hovered rows
    QColor border; // between things
    QColor outline; // of what can be operated
    QColor text;
    QColor muted;
    QColor accent;
    QColor accentHover;
    QColor onAccent;
    QColor sidebar;
    QColor sidebarText;
    QColor sidebarActive;
    QColor onSidebarActive;
    Pair neutral;
    Pair accentPair;
    Pair success;
    Pair warning;
    Pair danger;

    [[nodiscard]] const Pair &of(Tone tone) const;
    [[nodiscard]] bool isDark() const { return canvas.lightness() < 128; }

    [[nodiscard]] static const Tokens &light();
    [[nodiscard]] static const Tokens &dark();
    // The set in force. What paints itself asks at each painting, and so follows every change.
    [[nodiscard]] static const Tokens &current();
    [[nodiscard]] QPalette toPalette() const;
};

// How well a person tells two colours apart: 1 to 21 (WCAG 2.1, relative luminance). Text needs 4.5, its
// icon 3.
[[nodiscard]] double contrast(const QColor &a, const QColor &b);
