#pragma once

#include <QProcess>
#include <QTemporaryDir>

// Certificates that servers of a test show: "good" and "other" are of this machine, "elsewhere" is of
// another.
class TestCertificates
{
public:
    TestCertificates()
    {
        make(QStringLiteral("good"), QStringLiteral("IP:127.0.0.1"));
        make(QStringLiteral("other"), QStringLiteral("IP:127.0.0.1"));
        make(QStringLiteral("elsewhere"), QStringLiteral("DNS:vendor.elsewhere.example"));
    }

    [[nodiscard]] QString certificate(const QString &name) const
    {
        return file(name + QStringLiteral(".crt"));
    }
    [[nodiscard]] QString key(const QString &name) const { return file(name + QStringLiteral(".key")); }

private:
    [[nodiscard]] QString file(const QString &name) const { return m_directory.filePath(name); }

    void make(const QString &name, const QString &subject) const
    {
        const QStringList arguments = QStringLiteral("req -x509 -nodes -days 2 -newkey ec -pkeyopt "
                                                     "ec_paramgen_curve:prime256v1 -subj /CN=%1 -addext "
                                                     "subjectAltName=%2 -keyout %3 -out %4")
                                          .arg(name, subject, key(name), certificate(name))
                                          .split(u' ');
        if (QProcess::execute(QStringLiteral("openssl"), arguments) != 0)
            qFatal("no certificate");
    }

    QTemporaryDir m_directory;
};
