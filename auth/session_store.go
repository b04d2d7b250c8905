package auth

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// SessionLife is how long a session lives after it was last refreshed.
const SessionLife = 30 * 24 * time.Hour

const (
	// refreshGrace is how long the token that was just replaced still gets the same successor: an answer
	// that was lost on the way must not sign anybody out. It covers a client's usual timeout.
	refreshGrace = 15 * time.Second
	// maxSessions bounds how many sessions one person has; the one that would end first makes room.
	maxSessions = 100
)

// sessionStore keeps sessions in Redis: a hash for each, and for each person a sorted set of their ids by
// the time they end. Every script and transaction touches one key, as a Redis Cluster asks.
type sessionStore struct {
	redis  redis.UniversalClient
	prefix string
}

// sessionRecord is the hash of a session. Times are Unix milliseconds.
type sessionRecord struct {
	Member    string `redis:"member"`
	Company   string `redis:"company"`
	Refresh   string `redis:"refresh"`
	CreatedAt int64  `redis:"created_at"`
	UsedAt    int64  `redis:"used_at"`
	ExpiresAt int64  `redis:"expires_at"`
	Device    string `redis:"device"`
	IP        string `redis:"ip"`
	Agent     string `redis:"agent"`
}

func (s *sessionStore) key(id SessionID) string { return s.prefix + "session:" + id.String() }
func (s *sessionStore) index(member tenant.MemberID) string {
	return s.prefix + "sessions:" + member.String()
}

// add keeps a new session and returns the ids of those that had to make room.
func (s *sessionStore) add(ctx context.Context, id SessionID, owner sessionOwner, r sessionRecord, now time.Time) ([]SessionID, error) {
	// The index first: a session that is not in it could not be ended with its member.
	surplus, err := s.list(ctx, id, owner.member, now)
	if err != nil {
		return nil, err
	}
	_, err = s.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, s.key(id), r)
		p.PExpire(ctx, s.key(id), SessionLife)
		return nil
	})
	return surplus, unavailable(err)
}

// list puts the session into its person's index until it ends, and takes out what has ended.
func (s *sessionStore) list(ctx context.Context, id SessionID, member tenant.MemberID, now time.Time) ([]SessionID, error) {
	index := s.index(member)
	var oldest *redis.StringSliceCmd
	_, err := s.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, index, "-inf", strconv.FormatInt(now.UnixMilli(), 10))
		p.ZAdd(ctx, index, redis.Z{Score: float64(now.Add(SessionLife).UnixMilli()), Member: id.String()})
		p.PExpire(ctx, index, SessionLife)
		oldest = p.ZRange(ctx, index, 0, -maxSessions-1)
		return nil
	})
	if err != nil {
		return nil, unavailable(err)
	}
	return parseSessionIDs(oldest.Val()), nil
}

// owner returns whose session it is, or errSessionEnded.
func (s *sessionStore) owner(ctx context.Context, id SessionID) (sessionOwner, error) {
	values, err := s.redis.HMGet(ctx, s.key(id), "member", "company", "expires_at").Result()
	if err != nil {
		return sessionOwner{}, unavailable(err)
	}
	member, _ := values[0].(string)
	company, _ := values[1].(string)
	expires, _ := values[2].(string)
	if member == "" {
		return sessionOwner{}, errSessionEnded
	}
	var o sessionOwner
	ms, err := strconv.ParseInt(expires, 10, 64)
	err = errors.Join(err, o.member.UnmarshalText([]byte(member)), o.company.UnmarshalText([]byte(company)))
	o.expires = time.UnixMilli(ms).UTC()
	if err != nil {
		return sessionOwner{}, fmt.Errorf("session %s: %w", id, err)
	}
	return o, nil
}

// rotateScript replaces a session's refresh token by its successor.
//
//	KEYS[1]  the session
//	ARGV     1 hash of the token presented, 2 hash of its successor, 3 now, 4 grace, 5 life, 6 address, 7 user agent
//	         (times in milliseconds)
//	returns  "rotated"   the successor is now the token to present
//	         "repeated"  the token was replaced a moment ago by this same successor
//	         "reused"    the token was replaced long ago: the session is deleted
//	         "ended"     there is no such session any more
var rotateScript = redis.NewScript(`
local s = redis.call('HMGET', KEYS[1], 'refresh', 'previous', 'rotated_at', 'expires_at')
local now = tonumber(ARGV[3])
if not s[1] or tonumber(s[4]) <= now then
	return 'ended'
end
if s[1] == ARGV[1] then
	redis.call('HSET', KEYS[1], 'refresh', ARGV[2], 'previous', ARGV[1], 'rotated_at', ARGV[3], 'used_at', ARGV[3],
		'expires_at', string.format('%.0f', now + tonumber(ARGV[5])), 'ip', ARGV[6], 'agent', ARGV[7])
	redis.call('PEXPIRE', KEYS[1], ARGV[5])
	return 'rotated'
end
if s[2] == ARGV[1] and now - tonumber(s[3]) <= tonumber(ARGV[4]) then
	return 'repeated'
end
redis.call('DEL', KEYS[1])
return 'reused'
`)

// rotate returns what rotateScript says.
func (s *sessionStore) rotate(ctx context.Context, presented, successor refreshToken, now time.Time, client Client) (string, error) {
	outcome, err := rotateScript.Run(ctx, s.redis, []string{s.key(presented.session)},
		presented.hash(), successor.hash(), now.UnixMilli(), refreshGrace.Milliseconds(), SessionLife.Milliseconds(),
		client.IP, client.UserAgent).Text()
	return outcome, unavailable(err)
}

// retireScript lets a session end soon unless it is refreshed before.
//
//	KEYS[1]  the session
//	ARGV     1 now, 2 how long it still lives (milliseconds)
//	returns  1 when there was such a session, else 0
var retireScript = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then
	return 0
end
redis.call('HSET', KEYS[1], 'expires_at', string.format('%.0f', tonumber(ARGV[1]) + tonumber(ARGV[2])))
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`)

func (s *sessionStore) retire(ctx context.Context, id SessionID, now time.Time) error {
	return unavailable(retireScript.Run(ctx, s.redis, []string{s.key(id)}, now.UnixMilli(), accessLife.Milliseconds()).Err())
}

// remove deletes sessions of one person.
func (s *sessionStore) remove(ctx context.Context, member tenant.MemberID, ids ...SessionID) error {
	_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range ids {
			p.Del(ctx, s.key(id))
			p.ZRem(ctx, s.index(member), id.String())
		}
		return nil
	})
	return unavailable(err)
}

// of returns a person's sessions in all companies.
func (s *sessionStore) of(ctx context.Context, member tenant.MemberID) (map[SessionID]sessionRecord, error) {
	texts, err := s.redis.ZRange(ctx, s.index(member), 0, -1).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	ids := parseSessionIDs(texts)
	found := make([]*redis.MapStringStringCmd, len(ids))
	if _, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			found[i] = p.HGetAll(ctx, s.key(id))
		}
		return nil
	}); err != nil {
		return nil, unavailable(err)
	}
	all := make(map[SessionID]sessionRecord, len(ids))
	for i, id := range ids {
		var r sessionRecord
		if err := found[i].Scan(&r); err != nil {
			return nil, fmt.Errorf("session %s: %w", id, err)
		}
		if r.Member == member.String() {
			all[id] = r
		}
	}
	return all, nil
}

func parseSessionIDs(texts []string) []SessionID {
	ids := make([]SessionID, 0, len(texts))
	for _, text := range texts {
		var id SessionID
		if id.UnmarshalText([]byte(text)) == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
