#pragma once

#include "shared/ui/tokens.h"

#include <QObject>

class QSettings;
class SystemAppearance;

// How the apps look: Fusion with a palette and one style sheet made from the tokens, the Inter font, light or
// dark as the system says or the person chose, and text as large as they need it.
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Mode { system, light, dark };
    Q_ENUM(Mode)

    static constexpr int minTextPercent = 80;
    static constexpr int maxTextPercent = 200;

    explicit Theme(QSettings &settings, QObject *parent = nullptr);
    ~Theme() override;

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] int textPercent() const { return m_textPercent; }
    void setTextPercent(int percent);

signals:
    void changed();

private:
    void apply();

    QSettings &m_settings;
    std::unique_ptr<SystemAppearance> m_system;
    Mode m_mode;
    int m_textPercent;
};
