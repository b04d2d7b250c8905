package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// driverLog lets the database drivers write to our log: on their own they write lines of plain text to
// standard error, which whoever reads JSON there stumbles over.
type driverLog struct {
	log    *slog.Logger
	driver string
}

// Printf implements the logger of go-redis.
func (l driverLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.WarnContext(ctx, "database driver", slog.String("driver", l.driver), slog.String("says", fmt.Sprintf(format, args...)))
}

// Print implements the logger of the MySQL driver.
func (l driverLog) Print(args ...any) {
	l.log.Warn("database driver", slog.String("driver", l.driver), slog.String("says", strings.TrimSpace(fmt.Sprintln(args...))))
}

// adopt sets the loggers of the drivers, which are one for the whole process. It comes before any connection
// is opened.
func adopt(log *slog.Logger) error {
	redis.SetLogger(driverLog{log, "redis"})
	return mysql.SetLogger(driverLog{log, "mysql"})
}
