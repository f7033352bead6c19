"""Everything that talks with people: channels in and out, dialogues, replies, jobs and duties."""
