#include "expert-client/features/job/complete_dialog.h"

#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QPlainTextEdit>
#include <QRadioButton>

using namespace layout;

CompleteDialog::CompleteDialog(const QString &number, QWidget *parent)
    : JobDialog(button(tr("Complete"), ButtonKind::primary), button(tr("Not yet")), parent)
    , m_fixed(new QRadioButton(tr("It is fixed")))
    , m_anotherVisit(new QRadioButton(tr("Another visit is needed")))
    , m_note(new QPlainTextEdit)
{
    setWindowTitle(tr("Complete %1").arg(number));
    m_fixed->setChecked(true);
    m_note->setAccessibleName(tr("Note"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(scaled(120));
    connect(m_fixed, &QRadioButton::toggled, this, &CompleteDialog::adaptWords);
    connect(submitButton(), &QPushButton::clicked, this, &CompleteDialog::submit);
    connect(m_note, &QPlainTextEdit::textChanged, banner(), &Banner::clear);
    Column {
        label(tr("How did the visit end?"), Words::heading),
        banner(),
        Column { m_fixed, m_anotherVisit }.spacing(tight),
        m_note,
        makeButtons(),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(460));
    adaptWords();
    m_note->setFocus();
}

void CompleteDialog::adaptWords()
{
    m_note->setPlaceholderText(
        m_fixed->isChecked() ? tr("What did you do? The customer reads this.")
                             : tr("What does the next visit need: parts, tools, access?")
    );
}

void CompleteDialog::submit()
{
    const auto note = Text<1, 4000>::parse(m_note->toPlainText());
    if (!note) {
        m_note->setFocus();
        return refuse(
            m_note->toPlainText().trimmed().isEmpty() ? tr("Please write a few words.")
                                                      : tr("Please keep it under 4,000 characters.")
        );
    }
    const auto outcome
        = m_fixed->isChecked() ? api::CompletionOutcome::fixed : api::CompletionOutcome::anotherVisit;
    emit submitted({ outcome, *note });
}
