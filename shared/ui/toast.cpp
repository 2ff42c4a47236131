#include "shared/ui/toast.h"

#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QAccessible>
#include <QEvent>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace layout;

Toast::Toast(QWidget *window)
    : QFrame(window)
    , m_text(label({}))
{
    setProperty("ground", u"toast"_s);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_text->setWordWrap(false);
    Row { m_text }.margins(large, small, large, small).attachTo(this);
    m_end.setSingleShot(true);
    m_end.setInterval(4s);
    connect(&m_end, &QTimer::timeout, this, &QWidget::hide);
    window->installEventFilter(this);
    hide();
}

void Toast::say(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
    place();
    show();
    raise();
    m_end.start();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

bool Toast::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parent() && event->type() == QEvent::Resize)
        place();
    return QFrame::eventFilter(watched, event);
}

// The text has another size now.
bool Toast::event(QEvent *event)
{
    const bool isDone = QFrame::event(event);
    if (event->type() == QEvent::LayoutRequest)
        place();
    return isDone;
}

void Toast::place()
{
    adjustSize();
    const QSize room = parentWidget()->size();
    // Above the buttons that stand at the foot of a page.
    move((room.width() - width()) / 2, room.height() - height() - wide - scaled(56));
}
