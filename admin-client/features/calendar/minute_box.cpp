#include "admin-client/features/calendar/minute_box.h"

#include "admin-client/features/calendar/calendar_words.h"
#include "shared/ui/scaling.h"

#include <QRegularExpression>
#include <QWheelEvent>

using namespace Qt::StringLiterals;

MinuteBox::MinuteBox(int minute, const QString &accessibleName, QWidget *parent)
    : QSpinBox(parent)
{
    setRange(api::MinuteOfDay::min, api::MinuteOfDay::max);
    setSingleStep(15);
    setValue(minute);
    setAccessibleName(accessibleName);
    setButtonSymbols(QAbstractSpinBox::NoButtons);
    setKeyboardTracking(false); // half a time is none
    setFocusPolicy(Qt::StrongFocus);
    keepScaled(this, [this] { setFixedWidth(scaled(76)); });
}

QString MinuteBox::textFromValue(int minute) const
{
    return words::minuteOfDay(minute);
}

int MinuteBox::valueFromText(const QString &text) const
{
    return words::minuteFromText(text).value_or(value());
}

QValidator::State MinuteBox::validate(QString &text, int &) const
{
    if (words::minuteFromText(text))
        return QValidator::Acceptable;
    static const QRegularExpression beginning(u"^\\s*\\d{0,2}([:.]\\d{0,2})?\\s*$"_s);
    return beginning.match(text).hasMatch() ? QValidator::Intermediate : QValidator::Invalid;
}

// The page scrolls by the wheel; hours must not change on the way.
void MinuteBox::wheelEvent(QWheelEvent *event)
{
    event->ignore();
}
