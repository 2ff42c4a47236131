#include "shared/ui/about_dialog.h"

#include "shared/ui/card.h"
#include "shared/ui/command_palette.h"
#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QCoreApplication>
#include <QKeySequence>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString keys(QKeySequence::StandardKey key)
{
    return QKeySequence(key).toString(QKeySequence::NativeText);
}

} // namespace

QString keepingText(const TokenVault &vault)
{
    if (vault.keeping() == TokenVault::Keeping::keychain)
        return AboutDialog::tr("Your sign-in is kept in this computer's keychain.");
    return AboutDialog::tr(
        "This computer has no keychain that answers, so your sign-in is kept only until the app is closed."
    );
}

AboutDialog::AboutDialog(const AppIdentity &identity, const TokenVault &vault, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(tr("About %1").arg(identity.name));
    auto *shortcuts = new Facts;
    shortcuts->setFacts({
        { tr("Ctrl+1, Ctrl+2 …"), tr("Go to a page") },
        { CommandPalette::keys().toString(QKeySequence::NativeText), tr("Commands") },
        { keys(QKeySequence::Refresh), tr("Load anew") },
        { keys(QKeySequence::Find), tr("Search") },
        { keys(QKeySequence::HelpContents), tr("This window") },
        { keys(QKeySequence::Quit), tr("Quit") },
    });
    QPushButton *close = button(tr("Close"), ButtonKind::primary);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    Column {
        Row {
            new Mark(48),
            Column {
                label(identity.name, Words::title),
                label(tr("Version %1").arg(QCoreApplication::applicationVersion()), Words::muted),
            }
                .spacing(0),
            Stretch(),
        }
            .spacing(large),
        separator(),
        label(tr("Keyboard"), Words::heading),
        shortcuts,
        separator(),
        label(keepingText(vault), Words::muted),
        Row { Stretch(), close },
    }
        .spacing(large)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(420));
}
