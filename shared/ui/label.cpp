#include "shared/ui/label.h"

#include "shared/ui/icon.h"
#include "shared/ui/scaling.h"

#include <QFrame>
#include <QStyle>

using namespace Qt::StringLiterals;

namespace {

QString styleName(Words words)
{
    switch (words) {
    case Words::body:
        return {};
    case Words::display:
        return u"display"_s;
    case Words::title:
        return u"title"_s;
    case Words::heading:
        return u"heading"_s;
    case Words::strong:
        return u"strong"_s;
    case Words::muted:
        return u"muted"_s;
    case Words::caption:
        return u"caption"_s;
    case Words::number:
        return u"number"_s;
    }
    Q_UNREACHABLE();
}

QString styleName(ButtonKind kind)
{
    switch (kind) {
    case ButtonKind::plain:
        return {};
    case ButtonKind::primary:
        return u"primary"_s;
    case ButtonKind::danger:
        return u"danger"_s;
    case ButtonKind::quiet:
        return u"quiet"_s;
    }
    Q_UNREACHABLE();
}

QIcon iconFor(const QString &name, ButtonKind kind)
{
    switch (kind) {
    case ButtonKind::plain:
        return icon(name);
    case ButtonKind::primary:
        return icon(name, &Tokens::onAccent);
    case ButtonKind::danger:
        return icon(name, Tone::danger);
    case ButtonKind::quiet:
        return icon(name, &Tokens::accent);
    }
    Q_UNREACHABLE();
}

} // namespace

QLabel *label(const QString &text, Words words)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(words == Words::body || words == Words::muted || words == Words::caption);
    label->setProperty("words", styleName(words));
    return label;
}

QLabel *freeText(const QString &text)
{
    QLabel *free = label(text);
    free->setWordWrap(true);
    free->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    free->setFocusPolicy(Qt::ClickFocus); // selectable, but no stop on the way from button to button
    return free;
}

QPushButton *button(const QString &text, ButtonKind kind, const QString &iconName)
{
    auto *button = new QPushButton(text);
    button->setProperty("iconName", iconName);
    keepScaled(button, [button] { button->setIconSize({ scaled(20), scaled(15) }); });
    button->setAutoDefault(false);
    button->setCursor(Qt::PointingHandCursor);
    setKind(button, kind);
    return button;
}

void setKind(QPushButton *button, ButtonKind kind)
{
    button->setProperty("kind", styleName(kind));
    if (const QString name = button->property("iconName").toString(); !name.isEmpty())
        button->setIcon(iconFor(name, kind));
    button->style()->unpolish(button);
    button->style()->polish(button);
}

QWidget *separator()
{
    auto *line = new QFrame;
    line->setProperty("ground", u"line"_s);
    return line;
}
