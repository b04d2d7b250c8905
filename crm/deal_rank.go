package crm

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// A rank is a text that says by its bytes where a deal stands in its column. Between any two there is room for another,
// so a deal is put anywhere without touching its neighbours. What has just come into a column gets a rank from the
// clock that is before all earlier ones; for that nothing is read, and nobody waits for anybody.
const (
	rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// arrivedRank and orderedRank begin the ranks made by the clock and those that reordering a whole column has made:
	// who arrives stands before.
	arrivedRank, orderedRank = "M", "m"
	// rankClock is how many digits the clock takes; they last until the year 2398.
	rankClock = 9
	// maxRank is how long a rank may become by being divided again and again before its column is put in order.
	maxRank = 48
)

// topRank returns the rank of what comes into a column now: at its top.
func topRank(now time.Time) string {
	most := int64(1)
	for range rankClock {
		most *= int64(len(rankDigits))
	}
	left := most - 1 - now.UnixMicro()
	var digits [rankClock + 2]byte
	for i := rankClock - 1; i >= 0; i-- {
		digits[i] = rankDigits[left%int64(len(rankDigits))]
		left /= int64(len(rankDigits))
	}
	// Two digits by chance keep apart what comes at the same moment.
	digits[rankClock], digits[rankClock+1] = chanceDigit(0, len(rankDigits)), chanceDigit(0, len(rankDigits))
	return arrivedRank + string(digits[:])
}

// rankBetween returns a rank after one and before another; "" stands for the top and for the bottom of the column. It
// chooses by chance, so that two who put deals into the same place at the same time seldom choose the same. ok is
// false when there is no room: the two are equal or in the wrong order.
func rankBetween(after, before string) (rank string, ok bool) {
	if before != "" && after >= before {
		return "", false
	}
	var b strings.Builder
	bounded := before != ""
	for i := 0; !bounded || i < len(before); i++ {
		low, high := 0, len(rankDigits)
		if i < len(after) {
			low = strings.IndexByte(rankDigits, after[i])
		}
		if bounded {
			high = strings.IndexByte(rankDigits, before[i])
		}
		if high-low > 1 {
			b.WriteByte(chanceDigit(low+1, high)) // never 0, behind which nothing would fit before it
			return b.String(), true
		}
		b.WriteByte(rankDigits[low])
		bounded = bounded && high == low // once it is less, what follows is before it in any case
	}
	return "", false
}

// chanceDigit returns a digit from the middle of those from low up to, but without, high, which leaves room on both
// sides.
func chanceDigit(low, high int) byte {
	width := high - low
	return rankDigits[low+width/3+rand.IntN(width-2*(width/3))] //nolint:gosec // a place in a column needs no secrecy
}

// orderRanks gives every deal of a column a short rank in the present order, in one statement.
func orderRanks(ctx context.Context, tx *tenant.Tx, stage StageID) error {
	_, err := tx.Exec(ctx, `
		UPDATE company.deals d JOIN (
			SELECT o.id, ROW_NUMBER() OVER (ORDER BY o.board_rank, o.id) AS place FROM company.deals o WHERE o.stage_id = ?) ordered ON ordered.id = d.id
		SET d.board_rank = CONCAT(?, LPAD(ordered.place, 9, '0'), '1')`, stage, orderedRank)
	return err
}
