#include "expert-client/features/job/job_dialog.h"

#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"

using namespace layout;

JobDialog::JobDialog(QPushButton *submit, QPushButton *cancel, QWidget *parent)
    : QDialog(parent)
    , m_banner(new Banner)
    , m_submit(submit)
    , m_cancel(cancel)
    , m_submitText(submit->text())
{
    setAttribute(Qt::WA_DeleteOnClose);
    m_submit->setDefault(true);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
}

QWidget *JobDialog::makeButtons()
{
    auto *buttons = new QWidget;
    Row { Stretch(), m_cancel, m_submit }.attachTo(buttons);
    return buttons;
}

void JobDialog::setBusy(bool busy)
{
    m_submit->setEnabled(!busy);
    m_submit->setText(busy ? tr("Sending …") : m_submitText);
}

void JobDialog::say(const Problem &problem)
{
    m_banner->say(problem);
}

void JobDialog::refuse(const QString &text)
{
    m_banner->say(Tone::danger, text);
}
