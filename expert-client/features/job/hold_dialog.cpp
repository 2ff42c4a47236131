#include "expert-client/features/job/hold_dialog.h"

#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QButtonGroup>
#include <QCalendarWidget>
#include <QDateTimeEdit>
#include <QPlainTextEdit>
#include <QRadioButton>

using namespace layout;

namespace {

constexpr int longestDays = 90; // the server takes no later day

QDateTimeEdit *makeDay()
{
    const QDateTime tomorrow(QDate::currentDate().addDays(1), QTime(8, 0));
    auto *day = new QDateTimeEdit(tomorrow);
    day->setDateTimeRange(QDateTime::currentDateTime(), QDateTime::currentDateTime().addDays(longestDays));
    day->setDisplayFormat(QStringLiteral("dddd d MMMM  HH:mm"));
    day->setCalendarPopup(true);
    return day;
}

} // namespace

HoldDialog::HoldDialog(const QString &number, QWidget *parent)
    : JobDialog(button(tr("Put on hold"), ButtonKind::primary), button(tr("Not yet")), parent)
    , m_reasons(new QButtonGroup(this))
    , m_promise(label({}, Words::muted))
    , m_until(new QWidget)
    , m_day(makeDay())
    , m_note(new QPlainTextEdit)
{
    setWindowTitle(tr("Put %1 on hold").arg(number));
    Form { tr("It goes on"), m_day }.attachTo(m_until);
    m_note->setPlaceholderText(tr("What did you try, what was agreed? (optional)"));
    m_note->setAccessibleName(tr("Note"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(scaled(84));
    QWidget *choices = makeChoices();
    connect(m_reasons, &QButtonGroup::buttonToggled, this, &HoldDialog::adaptToReason);
    connect(submitButton(), &QPushButton::clicked, this, &HoldDialog::submit);
    connect(m_note, &QPlainTextEdit::textChanged, banner(), &Banner::clear);
    Column {
        label(tr("What does the job wait for?"), Words::heading),
        m_promise,
        banner(),
        choices,
        m_until,
        m_note,
        makeButtons(),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(440));
    m_reasons->buttons().constFirst()->setFocus();
    adaptToReason();
}

QWidget *HoldDialog::makeChoices()
{
    auto *choices = new QWidget;
    Column {}.spacing(tight).attachTo(choices);
    const std::pair<api::PauseReason, QString> usual[] {
        { api::PauseReason::noShow, tr("&Nobody is there") },
        { api::PauseReason::laterDay, tr("The customer asked for a &later day") },
        { api::PauseReason::access, tr("There is no &access to the device yet") },
    };
    for (const auto &[reason, words] : usual) {
        auto *choice = new QRadioButton(words);
        m_reasons->addButton(choice, static_cast<int>(reason));
        choices->layout()->addWidget(choice);
    }
    m_reasons->buttons().constFirst()->setChecked(true);
    return choices;
}

api::PauseReason HoldDialog::reason() const
{
    return static_cast<api::PauseReason>(m_reasons->checkedId());
}

void HoldDialog::adaptToReason()
{
    const bool isLaterDay = reason() == api::PauseReason::laterDay;
    m_promise->setText(
        isLaterDay
            ? tr("The customer sees it, and promised times stand still until then.")
            : tr("The customer sees it, and promised times stand still. If nobody lets the job go on, it "
                 "goes on by itself after three days.")
    );
    m_until->setVisible(isLaterDay);
    layout()->activate();
    adjustSize();
}

void HoldDialog::submit()
{
    api::NewPause pause { reason(), {}, {} };
    if (const QString words = m_note->toPlainText().trimmed(); !words.isEmpty()) {
        const auto note = Text<1, 500>::parse(words);
        if (!note)
            return refuse(tr("Please keep the note under 500 characters."));
        pause.note = *note;
    }
    if (pause.reason == api::PauseReason::laterDay)
        pause.until = toInstant(m_day->dateTime().toUTC());
    emit submitted(pause);
}
