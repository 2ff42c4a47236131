#pragma once

#include "shared/client/token_vault.h"
#include "shared/ui/app_identity.h"

#include <QDialog>

// What this app is, which keys it knows, and where it keeps the sign-in.
class AboutDialog : public QDialog
{
    Q_OBJECT
public:
    AboutDialog(const AppIdentity &identity, const TokenVault &vault, QWidget *parent = nullptr);
};

// Where the sign-in is kept, in a sentence.
[[nodiscard]] QString keepingText(const TokenVault &vault);
