#include "shared/ui/tokens.h"

#include <QGuiApplication>

#include <cmath>

const Tokens &Tokens::light()
{
    static const Tokens tokens {
        .canvas = QColor(0xf4f6f9),
        .surface = QColor(0xffffff),
        .sunken = QColor(0xeef1f5),
        .border = QColor(0xdce1e8),
        .outline = QColor(0x868fa1),
        .text = QColor(0x17202e),
        .muted = QColor(0x545e70),
        .accent = QColor(0x2457d6),
        .accentHover = QColor(0x1c47b3),
        .onAccent = QColor(0xffffff),
        .sidebar = QColor(0x14213b),
        .sidebarText = QColor(0xb9c5da),
        .sidebarActive = QColor(0x263a62),
        .onSidebarActive = QColor(0xffffff),
        .neutral = { QColor(0x4a5568), QColor(0xe9edf2) },
        .accentPair = { QColor(0x1d4bbd), QColor(0xe5ecfc) },
        .success = { QColor(0x15663a), QColor(0xe0f3e8) },
        .warning = { QColor(0x7f4d00), QColor(0xfdf0d5) },
        .danger = { QColor(0xa8201a), QColor(0xfce7e5) },
    };
    return tokens;
}

const Tokens &Tokens::dark()
{
    static const Tokens tokens {
        .canvas = QColor(0x11151c),
        .surface = QColor(0x1a202a),
        .sunken = QColor(0x222a36),
        .border = QColor(0x303947),
        .outline = QColor(0x718096),
        .text = QColor(0xe8ecf2),
        .muted = QColor(0xa4afc0),
        .accent = QColor(0x7fa6ff),
        .accentHover = QColor(0xa0bdff),
        .onAccent = QColor(0x0b1730),
        .sidebar = QColor(0x0b0f16),
        .sidebarText = QColor(0xa4b0c4),
        .sidebarActive = QColor(0x1d2a45),
        .onSidebarActive = QColor(0xffffff),
        .neutral = { QColor(0xb6c0cf), QColor(0x2a3340) },
        .accentPair = { QColor(0x9dbbff), QColor(0x1d2c4d) },
        .success = { QColor(0x6bd49a), QColor(0x15301f) },
        .warning = { QColor(0xf2c063), QColor(0x362a10) },
        .danger = { QColor(0xff9a90), QColor(0x3d1c1a) },
    };
    return tokens;
}

const Tokens &Tokens::current()
{
    // The application's palette was made by toPalette(); a widget's own may be bent by the style sheet.
    return QGuiApplication::palette().color(QPalette::Window) == dark().canvas ? dark() : light();
}

const Tokens::Pair &Tokens::of(Tone tone) const
{
    switch (tone) {
    case Tone::neutral:
        return neutral;
    case Tone::accent:
        return accentPair;
    case Tone::success:
        return success;
    case Tone::warning:
        return warning;
    case Tone::danger:
        return danger;
    }
    Q_UNREACHABLE();
}

QPalette Tokens::toPalette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, canvas);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, surface);
    palette.setColor(QPalette::AlternateBase, sunken);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, surface);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, onAccent);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, onAccent);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::ToolTipBase, surface);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Light, surface);
    palette.setColor(QPalette::Midlight, sunken);
    palette.setColor(QPalette::Mid, border);
    palette.setColor(QPalette::Dark, outline);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, muted);
    return palette;
}

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](float channel) {
        const double c = static_cast<double>(channel);
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}
