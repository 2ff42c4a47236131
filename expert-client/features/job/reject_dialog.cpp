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
    : JobDialog(button(tr("Turn down"), ButtonKind::danger), button(tr("Keep the job")), parent)
    , m_usual(new QButtonGroup(this))
    , m_words(new QPlainTextEdit)
{
    setWindowTitle(tr("Turn down %1").arg(number));
    auto *choices = new QWidget;
    Column {}.spacing(tight).attachTo(choices);
    const QStringList usual { tr("Too far away"),
                              tr("No time before my shift ends"),
                              tr("I lack a part or tool"),
                              tr("Beyond my skills") };
    for (const QString &each : usual) {
        auto *choice = new QRadioButton(each);
        m_usual->addButton(choice);
        choices->layout()->addWidget(choice);
    }
    m_words->setPlaceholderText(tr("In your own words"));
    m_words->setAccessibleName(tr("The reason in your own words"));
    m_words->setTabChangesFocus(true);
    m_words->setFixedHeight(scaled(84));
    connect(submitButton(), &QPushButton::clicked, this, &RejectDialog::submit);
    connect(m_usual, &QButtonGroup::buttonClicked, banner(), &Banner::clear);
    connect(m_words, &QPlainTextEdit::textChanged, banner(), &Banner::clear);
    Column {
        label(tr("Why do you turn the job down?"), Words::heading),
        label(
            tr("The job goes to the next expert at once. The reason helps to choose better next time."),
            Words::muted
        ),
        banner(),
        choices,
        m_words,
        makeButtons(),
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
    if (parts.isEmpty())
        return refuse(tr("Please choose or write a reason."));
    const auto reason = Text<1, 500>::parse(parts.join(QStringLiteral(": ")));
    if (!reason)
        return refuse(tr("Please keep it under 500 characters."));
    emit submitted(*reason);
}
