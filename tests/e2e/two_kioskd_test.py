#!/usr/bin/python3
"""Two kioskd on one journal: the second says so and stops, and the first goes on taking coins."""

from street import StreetTest, main


class TwoKioskd(StreetTest):
    def test_the_second_says_so_and_stops_and_the_first_takes_coins(self):
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        for _ in range(2):
            code, said = self.kioskd()
            self.assertEqual(code, 1, said)
            self.assertIn(f"is held by process {self.box.process.pid}", said)
            self.assertIn("one kioskd per box", said)
            self.assertIn(str(self.box.data), said)
        self.box.process.expect_running()
        self.give("CN100A", "CN100B")
        self.assertEqual(self.box.status()["cash"], len(self.box.coin.accepted()))
        self.assertIn("good:", self.box.ctl("verify"))

    def test_the_lock_of_a_killed_kioskd_holds_nobody_up(self):
        self.box.start()
        self.box.kill()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")


if __name__ == "__main__":
    main()
