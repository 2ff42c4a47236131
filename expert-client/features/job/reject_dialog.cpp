#include "expert-client/features/job/reject_dialog.h"

#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QButtonGroup>
#include <QPlainTextEdit>
#include <QRadioButton>

using namespace layout;

RejectDialog::RejectDialog(const QString &number, QWidget *parent)
    : QDialog(parent)
    , m_banner(new Banner)
    , m_usual(new QButtonGroup(this))
    , m_words(new QPlainTextEdit)
{
    setWindowTitle(tr("Turn down %1").arg(number));
    auto choices = Column {}.spacing(tight);
    QBoxLayout *rows = choices.release();
    const QStringList usual { tr("Too far away"),
                              tr("No time before my shift ends"),
                              tr("I lack a part or tool"),
                              tr("Beyond my skills") };
    for (const QString &each : usual) {
        auto *choice = new QRadioButton(each);
        m_usual->addButton(choice);
        rows->addWidget(choice);
    }
    m_words->setPlaceholderText(tr("In your own words"));
    m_words->setAccessibleName(tr("The reason in your own words"));
    m_words->setTabChangesFocus(true);
    m_words->setFixedHeight(scaled(84));
    QPushButton *cancel = button(tr("Keep the job"));
    QPushButton *reject = button(tr("Turn down"), ButtonKind::danger);
    reject->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(reject, &QPushButton::clicked, this, &RejectDialog::submit);
    Column {
        label(tr("Why do you turn the job down?"), Words::heading),
        label(
            tr("The job goes to the next expert at once. The reason helps to choose better next time."),
            Words::muted
        ),
        m_banner,
        rows,
        m_words,
        Row { Stretch(), cancel, reject },
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(420));
    m_usual->buttons().constFirst()->setFocus();
}

void RejectDialog::submit()
{
    QStringList parts;
    if (const QAbstractButton *usual = m_usual->checkedButton())
        parts += usual->text();
    if (const QString words = m_words->toPlainText().trimmed(); !words.isEmpty())
        parts += words;
    const auto reason = Text<1, 500>::parse(parts.join(QStringLiteral(": ")));
    if (!reason) {
        m_banner->say(
            Tone::danger,
            parts.isEmpty() ? tr("Please choose or write a reason.")
                            : tr("Please keep it under 500 characters.")
        );
        return;
    }
    m_reason = *reason;
    accept();
}
