package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/tenant"
)

// figures is the answer that holds a report.
type figures[T any] struct{ Body T }

// figuresLife is how long a report is given again while nothing changes: what only time changes may be so old.
const figuresLife = 5 * time.Minute

// reckon answers a report: from Redis, if the same person has asked for the same since the company's last change, else
// anew. in is all that the report depends on besides the caller and the data.
func reckon[I, O any](ctx context.Context, s *Server, name string, in I, query func(*tenant.Query) (report.Query, error),
	work func(context.Context, *tenant.Query, report.Query) (O, error),
) (*figures[O], error) {
	return read(ctx, s, func(q *tenant.Query) (*figures[O], error) {
		asked, err := query(q)
		if err != nil {
			return nil, err
		}
		key, err := figuresKey(ctx, q, name, in)
		if err != nil {
			return nil, err
		}
		if kept, ok := recallFigures[O](ctx, s, q, key); ok {
			return &figures[O]{kept}, nil
		}
		out, err := work(ctx, q, asked)
		if err != nil {
			return nil, err
		}
		s.keepFigures(ctx, q, key, out)
		return &figures[O]{out}, nil
	})
}

// figuresKey names figures. It is read before they are reckoned, so that what is kept under it is never older than the
// key says.
func figuresKey[I any](ctx context.Context, q *tenant.Query, name string, in I) (string, error) {
	mark, err := q.LastChange(ctx)
	if err != nil {
		return "", err
	}
	caller := *q.Caller
	caller.RequestID, caller.Source, caller.Limits = "", "", nil // what differs from one session to the next, and changes no figure
	text, err := json.Marshal([]any{name, in, caller, mark, q.Now.In(q.Company.Location()).Format(time.DateOnly), q.Company.TimeZone})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "figures:" + q.Company.ID.String() + ":" + base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// keptFigures are figures in Redis, with when they were reckoned.
type keptFigures[T any] struct {
	At      time.Time `json:"at"`
	Figures T         `json:"figures"`
}

func recallFigures[O any](ctx context.Context, s *Server, q *tenant.Query, key string) (figures O, ok bool) {
	text, err := s.cfg.Redis.Get(ctx, key).Bytes()
	if err != nil {
		if !errors.Is(err, redis.Nil) {
			s.log.WarnContext(ctx, "figures could not be looked up", slog.Any("error", err))
		}
		return figures, false
	}
	var kept keptFigures[O]
	if json.Unmarshal(text, &kept) != nil {
		return figures, false
	}
	return kept.Figures, q.Now.Sub(kept.At) < figuresLife
}

func (s *Server) keepFigures(ctx context.Context, q *tenant.Query, key string, figures any) {
	text, err := json.Marshal(keptFigures[any]{q.Now, figures})
	if err == nil {
		err = s.cfg.Redis.Set(ctx, key, text, figuresLife).Err()
	}
	if err != nil {
		s.log.WarnContext(ctx, "figures could not be kept", slog.Any("error", err))
	}
}
