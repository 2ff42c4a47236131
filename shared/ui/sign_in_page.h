#pragma once

#include "shared/client/session.h"
#include "shared/ui/app_identity.h"

#include <QWidget>

class Banner;
class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSettings;

// Where a person says who they are, and to which server.
class SignInPage : public QWidget
{
    Q_OBJECT
public:
    SignInPage(
        const AppIdentity &identity,
        ApiClient &api,
        Session &session,
        QSettings &settings,
        QWidget *parent = nullptr
    );

    void setEmail(const QString &email);
    void submit(const QString &password, Session::Remember remember);
    void say(const Problem &problem);

private:
    void layOut();
    void wire();
    void onSubmit();
    void onAnswer(const Result<api::Account> &account);
    void onSessionState();
    void chooseServer(const QString &text);
    void showServer();
    void setBusy(bool busy);
    [[nodiscard]] QString refusal(const Problem &problem) const;

    const AppIdentity m_identity;
    ApiClient &m_api;
    Session &m_session;
    QSettings &m_settings;
    Banner *m_banner;
    QLineEdit *m_email;
    QLineEdit *m_password;
    QLineEdit *m_server;
    QCheckBox *m_remember;
    QPushButton *m_submit;
    QPushButton *m_changeServer;
    QLabel *m_serverNote;
    QLabel *m_busy;
};
