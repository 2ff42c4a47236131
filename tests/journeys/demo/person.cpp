#include "tests/journeys/demo/person.h"

#include <QTimer>

namespace {

constexpr int mostTries = 200;
constexpr std::chrono::milliseconds tryAgainAfter { 250 };

} // namespace

Person::Person(const QUrl &server, const QString &email, const QString &password, QObject *parent)
    : QObject(parent)
    , m_email(email)
    , m_password(password.toUtf8())
    , m_api(server, QStringLiteral("squad-demo"))
    , m_settings(m_dir.filePath(QStringLiteral("feed.ini")), QSettings::IniFormat)
    , m_position(m_settings)
    , m_push(std::make_unique<PushChannel>(m_api, m_position))
{
    m_api.setTimeout(std::chrono::seconds(60)); // a replay may push the server to its limit on purpose
    m_api.setRenewal([this] {
        Promise<api::Nothing> promise;
        m_api.call<api::auth::Refresh>(api::RefreshToken { m_refreshToken })
            .then(this, [this, promise](Result<api::SignedIn> answer) {
                if (!answer)
                    return promise.answer(fail(answer.error()));
                m_refreshToken = answer->refreshToken;
                m_api.setAccessToken(answer->accessToken.reveal().toByteArray());
                promise.answer(api::Nothing {});
            });
        return promise.reply();
    });
}

void Person::signIn()
{
    const auto email = Email::parse(m_email);
    if (!email)
        return emit refused(Problem::invalid(QStringLiteral("/email"), email.error()));
    m_api.call<api::auth::Login>(api::Credentials { *email, m_password, {} }
    ).then(this, [this](Result<api::SignedIn> answer) {
        // A crowd that signs in at once is told to wait its turn.
        const bool crowded = !answer && answer.error().kind == ProblemKind::tooMany;
        if (crowded && ++m_tries < mostTries)
            return QTimer::singleShot(tryAgainAfter, this, &Person::signIn);
        if (!answer)
            return emit refused(answer.error());
        m_account = answer->account;
        m_refreshToken = answer->refreshToken;
        m_api.setAccessToken(answer->accessToken.reveal().toByteArray());
        m_push->open(m_account.id);
        emit signedIn();
    });
}
