#include "shared/ui/state_pane.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/scaling.h"

using namespace Qt::StringLiterals;
using namespace layout;

namespace {
constexpr int readableWidth = 380;
}

StatePane::StatePane(QWidget *content, QWidget *parent)
    : QStackedWidget(parent)
    , m_content(content)
    , m_notice(new QWidget)
    , m_icon(new Glyph({}, 40))
    , m_title(label({}, Words::heading))
    , m_text(label({}, Words::muted))
    , m_action(button({}, ButtonKind::primary))
{
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    for (QWidget *each : std::initializer_list<QWidget *> { m_title, m_text })
        each->setMinimumWidth(std::min(scaled(readableWidth), readableWidth));
    Column {
        Stretch(),
        Row { Stretch(), m_icon, Stretch() },
        m_title,
        Row { Stretch(), m_text, Stretch() },
        Row { Stretch(), m_action, Stretch() },
        Stretch(),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(m_notice);
    addWidget(m_notice);
    addWidget(m_content);
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (m_isProblem)
            emit retry();
        else
            emit emptyAction();
    });
    showLoading({});
}

void StatePane::showLoading(const QString &what)
{
    m_isProblem = false;
    showNotice({}, {}, what, {});
}

void StatePane::showEmpty(const Empty &empty)
{
    m_isProblem = false;
    showNotice(empty.icon, empty.title, empty.text, empty.action);
}

void StatePane::showProblem(const Problem &problem)
{
    m_isProblem = true;
    showNotice(u"warning"_s, headline(problem), advice(problem), tr("Try again"));
}

void StatePane::showContent()
{
    setCurrentWidget(m_content);
}

bool StatePane::showsContent() const
{
    return currentWidget() == m_content;
}

void StatePane::showNotice(
    const QString &iconName, const QString &title, const QString &text, const QString &action
)
{
    m_icon->setVisible(!iconName.isEmpty());
    m_icon->setGlyph(iconName);
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(title.isEmpty() ? text : title);
    setCurrentWidget(m_notice);
}
