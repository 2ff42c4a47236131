#pragma once

#include "shared/ui/account/account_view_model.h"
#include "shared/ui/theme.h"

#include <QWidget>

class Banner;
class Facts;
class QBoxLayout;
class QVBoxLayout;

// The person's own account, where they are signed in, and how the app looks to them.
class AccountPage : public QWidget
{
    Q_OBJECT
public:
    AccountPage(
        AccountViewModel &viewModel, Theme &theme, const TokenVault &vault, QWidget *parent = nullptr
    );

    // A card of the app's own, after the profile.
    void addCard(QWidget *card);

private:
    void refresh();
    void refreshSessions();
    QWidget *makeSessionRow(const api::SessionInfo &session);
    QWidget *makeAppearance();

    AccountViewModel &m_viewModel;
    Theme &m_theme;
    Banner *m_banner;
    Facts *m_profile;
    QWidget *m_sessions;
    QVBoxLayout *m_sessionRows;
    QBoxLayout *m_cards;
};
