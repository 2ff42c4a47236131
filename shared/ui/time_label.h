#pragma once

#include "shared/core/instant.h"

#include <QLabel>
#include <QTimer>

// How long ago something was, kept true as time goes by; the exact time is in the tool tip.
class TimeLabel : public QLabel
{
    Q_OBJECT
public:
    explicit TimeLabel(Instant time, QWidget *parent = nullptr);

private:
    void refresh();

    Instant m_time;
    QTimer m_timer;
};
