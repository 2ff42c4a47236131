#include "shared/ui/sign_in_page.h"

#include "shared/ui/app_options.h"
#include "shared/ui/banner.h"
#include "shared/ui/glyph.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QAction>
#include <QCheckBox>
#include <QHostAddress>
#include <QLineEdit>
#include <QScrollArea>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

// Far enough from the machine that others can listen.
bool isExposed(const QUrl &server)
{
    return server.scheme() != "https"_L1 && server.host() != "localhost"_L1
        && !QHostAddress(server.host()).isLoopback();
}

void addReveal(QLineEdit *password)
{
    QAction *reveal = password->addAction(icon(u"eye"_s, &Tokens::muted), QLineEdit::TrailingPosition);
    reveal->setText(SignInPage::tr("Show the password"));
    reveal->setToolTip(reveal->text());
    reveal->setCheckable(true);
    QObject::connect(reveal, &QAction::toggled, password, [reveal, password](bool isShown) {
        password->setEchoMode(isShown ? QLineEdit::Normal : QLineEdit::Password);
        reveal->setIcon(icon(isShown ? u"eye-off"_s : u"eye"_s, &Tokens::muted));
    });
}

} // namespace

SignInPage::SignInPage(
    const AppIdentity &identity, ApiClient &api, Session &session, QSettings &settings, QWidget *parent
)
    : QWidget(parent)
    , m_identity(identity)
    , m_api(api)
    , m_session(session)
    , m_settings(settings)
    , m_banner(new Banner)
    , m_email(new QLineEdit(option::lastEmail.in(settings)))
    , m_password(new QLineEdit)
    , m_server(new QLineEdit)
    , m_remember(new QCheckBox(tr("Keep me signed in on this computer")))
    , m_submit(button(tr("Sign in"), ButtonKind::primary))
    , m_changeServer(button(tr("Change server"), ButtonKind::quiet))
    , m_serverNote(label({}, Words::caption))
    , m_busy(label({}, Words::muted))
{
    m_email->setMaxLength(Email::maxLength);
    m_email->setPlaceholderText(tr("name@company.com"));
    m_password->setEchoMode(QLineEdit::Password);
    addReveal(m_password);
    m_server->setAccessibleName(tr("Server"));
    m_server->setPlaceholderText(u"https://squad.company.com"_s);
    m_server->hide();
    m_remember->setChecked(true);
    m_busy->setAlignment(Qt::AlignHCenter);
    layOut();
    wire();
    showServer();
    onSessionState();
}

void SignInPage::layOut()
{
    auto *card = new QFrame;
    card->setProperty("ground", u"card"_s);
    keepScaled(card, [card] { card->setFixedWidth(std::min(scaled(380), 600)); });
    Column {
        m_banner, Form { tr("E-mail"), m_email, tr("Password"), m_password }, m_remember, m_submit, m_busy,
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(card);
    auto *content = new QWidget;
    Column {
        Stretch(2),
        Row { Stretch(), new Mark(52), Stretch() },
        Row { Stretch(), label(m_identity.name, Words::display), Stretch() },
        Space { medium },
        Row { Stretch(), card, Stretch() },
        Row { Stretch(), m_serverNote, m_server, m_changeServer, Stretch() },
        Stretch(3),
    }
        .margins(wide)
        .attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    content->setProperty("ground", u"scroll"_s);
    scroll->setWidget(content);
    Column { scroll }.attachTo(this);
    m_serverNote->setWordWrap(false);
    keepScaled(m_server, [this] { m_server->setMinimumWidth(std::min(scaled(280), 480)); });
}

void SignInPage::wire()
{
    connect(m_submit, &QPushButton::clicked, this, &SignInPage::onSubmit);
    connect(m_email, &QLineEdit::returnPressed, m_password, qOverload<>(&QWidget::setFocus));
    connect(m_password, &QLineEdit::returnPressed, this, &SignInPage::onSubmit);
    connect(m_changeServer, &QPushButton::clicked, this, [this] {
        m_server->setText(m_api.server().toString());
        m_server->show();
        m_server->setFocus();
        m_serverNote->hide();
        m_changeServer->hide();
    });
    connect(m_server, &QLineEdit::editingFinished, this, [this] { chooseServer(m_server->text()); });
    connect(&m_session, &Session::stateChanged, this, &SignInPage::onSessionState);
    connect(&m_session, &Session::restoreFailed, this, &SignInPage::say);
    connect(&m_session, &Session::ended, this, [this](const Problem &why) {
        const QString text
            = why.detail.isEmpty() ? tr("Your session has ended. Please sign in again.") : why.detail;
        m_banner->say(Tone::warning, text);
    });
}

void SignInPage::setEmail(const QString &email)
{
    m_email->setText(email);
}

void SignInPage::submit(const QString &password, Session::Remember remember)
{
    m_password->setText(password);
    m_remember->setChecked(remember == Session::Remember::yes);
    onSubmit();
}

void SignInPage::say(const Problem &problem)
{
    m_banner->say(problem);
}

void SignInPage::onSubmit()
{
    const auto email = Email::parse(m_email->text());
    if (!email) {
        m_banner->say(Tone::danger, tr("Please enter your e-mail address, such as name@company.com."));
        return m_email->setFocus();
    }
    const auto password = Secret::parse(m_password->text());
    if (!password || password->isEmpty()) {
        m_banner->say(Tone::danger, tr("Please enter your password."));
        return m_password->setFocus();
    }
    m_banner->clear();
    setBusy(true);
    const auto remember = m_remember->isChecked() ? Session::Remember::yes : Session::Remember::no;
    m_session.signIn(*email, *password, remember).then(this, [this](const Result<api::Account> &account) {
        onAnswer(account);
    });
}

void SignInPage::onAnswer(const Result<api::Account> &account)
{
    setBusy(false);
    m_password->clear();
    if (account) {
        if (m_remember->isChecked())
            option::lastEmail.set(m_settings, m_email->text());
        return;
    }
    m_banner->say(
        account.error().kind == ProblemKind::unreachable ? Tone::warning : Tone::danger,
        refusal(account.error())
    );
    m_password->setFocus();
}

QString SignInPage::refusal(const Problem &problem) const
{
    if (problem.kind == ProblemKind::unauthenticated)
        return problem.detail.isEmpty() ? tr("E-mail or password is wrong.") : problem.detail;
    if (problem.kind == ProblemKind::unreachable && problem.code.isEmpty())
        return tr("%1 cannot be reached. Check the network connection and the server's address.")
            .arg(m_api.server().authority());
    if (const auto role = enumFromName<api::Role>(problem.code.section(u'.', 1));
        role && problem.code.startsWith("role."_L1))
        return tr("This app is for %1, and you signed in as %2. Please use %3.")
            .arg(m_identity.audience, words::withArticle(*role), words::placeOf(*role));
    return sentence(problem);
}

void SignInPage::onSessionState()
{
    const bool isRestoring = m_session.state() == Session::State::restoring;
    m_busy->setText(isRestoring ? tr("Looking for your last sign-in …") : QString());
    m_busy->setVisible(isRestoring);
    const bool isInUse = focusWidget() && focusWidget()->hasFocus();
    if (m_session.state() == Session::State::signedOut && !isInUse)
        (m_email->text().isEmpty() ? m_email : m_password)->setFocus();
}

void SignInPage::chooseServer(const QString &text)
{
    const QUrl url = QUrl::fromUserInput(text.trimmed());
    if (!url.isValid() || url.host().isEmpty() || !url.scheme().startsWith("http"_L1)) {
        m_banner->say(
            Tone::danger, tr("That is no server address. One looks like https://squad.company.com")
        );
        return;
    }
    m_api.setServer(url);
    option::server.set(m_settings, m_api.server().toString());
    showServer();
}

void SignInPage::showServer()
{
    m_server->hide();
    m_serverNote->show();
    m_changeServer->show();
    m_serverNote->setText(tr("Server: %1").arg(m_api.server().toString()));
    if (isExposed(m_api.server()))
        m_banner->say(
            Tone::warning,
            tr("The connection to %1 is not encrypted. Others could read your password.")
                .arg(m_api.server().host())
        );
}

void SignInPage::setBusy(bool busy)
{
    for (QWidget *field :
         std::initializer_list<QWidget *> { m_email, m_password, m_submit, m_remember, m_changeServer })
        field->setEnabled(!busy);
    m_submit->setText(busy ? tr("Signing in …") : tr("Sign in"));
}
