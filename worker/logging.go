package worker

import (
	"context"
	"fmt"
	"log/slog"
)

// asynqLog lets asynq write to our log. What it calls fatal is an error here: a library does not end the process.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) write(level slog.Level, args []any) {
	l.log.Log(context.Background(), level, fmt.Sprint(args...)) //nolint:sloglint // asynq gives no more than a text
}

// Debug implements asynq.Logger.
func (l asynqLog) Debug(args ...any) { l.write(slog.LevelDebug, args) }

// Info implements asynq.Logger. Its comings and goings are not worth a line in ours.
func (l asynqLog) Info(args ...any) { l.write(slog.LevelDebug, args) }

// Warn implements asynq.Logger. It warns of each task that a stop interrupts and of each look at a Redis that
// is away; our own log says both once.
func (l asynqLog) Warn(args ...any) { l.write(slog.LevelDebug, args) }

// Error implements asynq.Logger.
func (l asynqLog) Error(args ...any) { l.write(slog.LevelError, args) }

// Fatal implements asynq.Logger.
func (l asynqLog) Fatal(args ...any) { l.write(slog.LevelError, args) }
