#include "shared/ui/scaling.h"

#include <QApplication>
#include <QEvent>
#include <QFont>

namespace {

constexpr int bodyPixels = 14; // as theme.cpp sets at 100 %

class FontWatcher final : public QObject
{
public:
    FontWatcher(QWidget *widget, std::function<void()> apply)
        : QObject(widget)
        , m_apply(std::move(apply))
    {
        widget->installEventFilter(this);
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
            m_apply();
        return QObject::eventFilter(watched, event);
    }

private:
    std::function<void()> m_apply;
};

} // namespace

int scaled(double units)
{
    return qRound(units * QApplication::font().pixelSize() / bodyPixels);
}

void keepScaled(QWidget *widget, std::function<void()> apply)
{
    apply();
    new FontWatcher(widget, std::move(apply)); // the widget's child
}
